// The wire between the machine's first serial line and the runner: two named pipes, one for each way. A pipe holds 64
// KiB whatever the pieces; a socket is full after 278 of QEMU's single bytes, and then the guest polls its port until
// the runner has had a processor of the host to read them.
// Invariant: what the machine has written before it ended can be read; then the wire is at its end.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runner/host/files.hpp"

namespace lintel::runner {

class SerialWire {
public:
    /// Makes the pipes in a folder that stays as long as the machine.
    static Outcome<SerialWire> make(const fs::path& folder);

    /// Where QEMU finds them: with ".in" and ".out" behind it (QEMU's character device "pipe").
    [[nodiscard]] const fs::path& path() const { return path_; }
    /// For poll().
    [[nodiscard]] int output() const { return output_.number(); }

    /// Bytes that are here already; nothing once QEMU has closed its end. Ask only when QEMU has opened it.
    std::optional<std::string> read();
    void write(std::string_view bytes);

private:
    SerialWire(fs::path path, Descriptor input, Descriptor output)
        : path_(std::move(path)), input_(std::move(input)), output_(std::move(output)) {}

    fs::path path_;
    Descriptor input_;   // the machine's
    Descriptor output_;  // likewise
};

}  // namespace lintel::runner
