// See the header.
#include "runner/machine/serial_wire.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace lintel::runner {

Outcome<SerialWire> SerialWire::make(const fs::path& folder) {
    const fs::path path = folder / "serial";
    const std::string input = path.string() + ".in", output = path.string() + ".out";
    // Neither waits for QEMU: a pipe's writing end opens at once where the reading end is ours, too.
    if (::mkfifo(input.c_str(), 0600) == 0 && ::mkfifo(output.c_str(), 0600) == 0) {
        Descriptor to_machine(::open(input.c_str(), O_RDWR | O_CLOEXEC));
        Descriptor from_machine(::open(output.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
        if (to_machine.open() && from_machine.open())
            return SerialWire(path, std::move(to_machine), std::move(from_machine));
    }
    return refuse("cannot make a pipe in {}: {}", folder.string(), std::strerror(errno));
}

std::optional<std::string> SerialWire::read() {
    std::string bytes;
    std::array<char, 16384> piece;
    while (true) {
        const ssize_t count = ::read(output_.number(), piece.data(), piece.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return bytes;
        if (count == 0) return bytes.empty() ? std::nullopt : std::optional(bytes);
        bytes.append(piece.data(), static_cast<std::size_t>(count));
    }
}

void SerialWire::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(input_.number(), bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

}  // namespace lintel::runner
