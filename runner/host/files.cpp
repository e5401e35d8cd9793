// POSIX calls rather than streams wherever the reason of a failure has to reach the person.
// Invariant: every function leaves errno's text in its sentence, so "full disk" and "no permission" read as such.
#include "runner/host/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "runner/host/signals.hpp"

namespace lintel::runner {

namespace {

std::unexpected<Failure> cannot(std::string_view verb, std::string_view what, const fs::path& path) {
    int reason = errno;
    std::string_view remedy = reason == ENOSPC ? "; free some space there and try again" : "";
    return refuse("cannot {} {}{}{}: {}{}", verb, what, what.empty() ? "" : " ", path.string(), std::strerror(reason),
                  remedy);
}

Outcome<void> write_all(int file, std::string_view bytes, const fs::path& path) {
    constexpr std::size_t piece = 1 << 20;
    while (!bytes.empty()) {
        TRY(go_on());
        ssize_t written = ::write(file, bytes.data(), std::min(bytes.size(), piece));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return cannot("write", "", path);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

}  // namespace

Descriptor::~Descriptor() {
    if (open()) ::close(number_);
}

Outcome<TemporaryFolder> TemporaryFolder::make() {
    std::string pattern = environment("TMPDIR").value_or("/tmp") + "/lintel-XXXXXX";
    if (!::mkdtemp(pattern.data())) return cannot("make the temporary folder", "", pattern);
    return TemporaryFolder(pattern);
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
}

Pending::Pending(fs::path target)
    : target_(std::move(target)), path_(fmt::format("{}.{}.tmp", target_.string(), ::getpid())) {}

Pending::~Pending() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

Outcome<void> Pending::commit() {
    if (::rename(path_.c_str(), target_.c_str()) != 0) return cannot("write", "", target_);
    return {};
}

Outcome<std::string> read_file(const fs::path& path, std::string_view what) {
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.open()) return cannot("read", what, path);
    std::string bytes;
    std::array<char, 65536> piece;
    while (true) {
        TRY(go_on());
        ssize_t count = ::read(file.number(), piece.data(), piece.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return cannot("read", what, path);
        if (count == 0) return bytes;
        bytes.append(piece.data(), static_cast<std::size_t>(count));
    }
}

Outcome<void> write_file(const fs::path& path, std::string_view bytes) {
    Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (!file.open()) return cannot("write", "", path);
    return write_all(file.number(), bytes, path);
}

Outcome<void> replace_file(const fs::path& path, std::string_view bytes) {
    Pending pending(path);
    TRY(write_file(pending.path(), bytes));
    return pending.commit();
}

Outcome<void> copy_file(const fs::path& from, const fs::path& to, std::string_view what) {
    return write_file(to, TRY(read_file(from, what)));
}

Outcome<void> make_folders(const fs::path& path) {
    std::error_code error;
    fs::create_directories(path, error);
    if (error) return refuse("cannot make the folder {}: {}", path.string(), error.message());
    return {};
}

bool is_file(const fs::path& path) {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

bool is_folder(const fs::path& path) {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

std::optional<fs::path> find_program(std::string_view name) {
    auto runs = [](const fs::path& path) { return is_file(path) && ::access(path.c_str(), X_OK) == 0; };
    if (name.contains('/')) return runs(name) ? std::optional<fs::path>(name) : std::nullopt;
    std::string folders = environment("PATH").value_or("/usr/bin:/bin");
    for (std::size_t at = 0; at <= folders.size();) {
        std::size_t end = std::min(folders.find(':', at), folders.size());
        fs::path candidate = fs::path(folders.substr(at, end - at)) / name;
        if (runs(candidate)) return candidate;
        at = end + 1;
    }
    return std::nullopt;
}

std::optional<fs::path> find_program(std::initializer_list<std::string_view> names) {
    for (std::string_view name : names)
        if (auto found = find_program(name)) return found;
    return std::nullopt;
}

std::optional<std::string> environment(const char* name) {
    const char* value = std::getenv(name);
    if (!value || !*value) return std::nullopt;
    return value;
}

}  // namespace lintel::runner
