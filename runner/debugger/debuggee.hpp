// A kernel that is to be debugged, and how its first instruction is reached under any loader.
// Invariant: a kernel that the loader may move (KASLR) shows where it is by itself: the copy that boots has an endless
// loop in place of its first instruction, and whoever holds it there puts the instruction back.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runner/debug_info/debug_info.hpp"
#include "runner/machine/registers.hpp"

namespace lintel::runner {

class Debuggee {
public:
    /// Refuses what is no kernel, and one whose entry point its file has no bytes for.
    static Outcome<Debuggee> open(const fs::path& kernel);

    [[nodiscard]] const fs::path& kernel() const { return kernel_; }
    [[nodiscard]] bool relocatable() const { return info_.relocatable(); }
    /// The first instruction's address: where it runs, once moved_to() has been told; where it was linked before that.
    [[nodiscard]] std::uint64_t entry() const { return info_.entry(); }
    [[nodiscard]] std::uint64_t slide() const { return info_.slide(); }
    /// Whether it has a function hlt_loop, where it ends.
    [[nodiscard]] bool has_halt_loop() const;

    /// The file's bytes, with an endless loop at the entry point.
    [[nodiscard]] std::string held_at_entry() const;
    /// Where a processor sits in that loop; nothing while none does. What runs in the lower half is no kernel.
    [[nodiscard]] std::optional<std::uint64_t> entry_reached(const std::vector<ProcessorState>& processors) const;
    void moved_to(std::uint64_t entry) { info_.set_slide(entry - (info_.entry() - info_.slide())); }

    /// GDB's commands from a machine that has not run yet, or one that is held at the entry, to the first instruction.
    /// `port` is on the loopback interface.
    [[nodiscard]] std::vector<std::string> way_to_entry(unsigned port) const;

private:
    Debuggee(fs::path kernel, DebugInfo info) : kernel_(std::move(kernel)), info_(std::move(info)) {}

    fs::path kernel_;
    DebugInfo info_;
    std::string file_{};
    std::size_t entry_offset_ = 0;  // in the file
};

/// A file's name as GDB's commands read it.
std::string gdb_word(const fs::path& path);

}  // namespace lintel::runner
