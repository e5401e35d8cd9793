// See the header.
#include "runner/autopsy/artifacts.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace lintel::runner {

Outcome<Artifacts> Artifacts::open(const fs::path& folder) {
    TRY(make_folders(folder));
    for (const char* name : {"screen.png", "autopsy.txt"}) ::unlink((folder / name).c_str());
    const fs::path log = folder / "serial.log";
    Descriptor serial(::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (!serial.open()) return refuse("cannot write {}: {}", log.string(), std::strerror(errno));
    return Artifacts(folder, std::move(serial));
}

void Artifacts::take_serial(std::string_view bytes) {
    while (!bytes.empty() && !failed_) {
        const ssize_t written = ::write(serial_.number(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0)
            failed_ = true;
        else
            bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

Outcome<void> Artifacts::finish(Machine& machine, const Conclusion& conclusion, const Autopsy* autopsy) {
    if (failed_) return refuse("cannot write {}: the disk may be full", (folder_ / "serial.log").string());
    if (autopsy != nullptr) TRY(replace_file(folder_ / "autopsy.txt", describe(conclusion) + "\n" + autopsy->text));
    if (!still_there(conclusion.verdict)) return {};
    return machine.control().screenshot(folder_ / "screen.png", Clock::now() + std::chrono::seconds(10));
}

}  // namespace lintel::runner
