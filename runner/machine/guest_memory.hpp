// The memory of a machine that stands still, by physical addresses and through the guest's own page tables.
// Invariant: nothing is read that is no memory, and a walk ends whatever the tables say.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "runner/machine/qmp.hpp"
#include "runner/machine/registers.hpp"

namespace lintel::runner {

/// What the guest's page tables say of a virtual address (Intel SDM volume 3, 4.5).
struct Mapping {
    bool canonical = true;
    std::optional<std::uint64_t> physical{};
    int level = 0;  // that of the entry that decided: 1 is a page table's, 4 the PML4's
    bool writable = false, user = false, executable = false;

    [[nodiscard]] bool mapped() const { return physical.has_value(); }
};

class GuestMemory {
public:
    static constexpr std::uint64_t page_size = 4096;
    using Page = std::array<std::uint64_t, page_size / 8>;
    /// A page of physical memory by its address; nothing where there is no memory.
    using ReadPage = std::function<std::optional<Page>(std::uint64_t)>;

    GuestMemory(ReadPage read, const Registers& processor)
        : read_(std::move(read)),
          root_(processor.cr3 & 0x000ffffffffff000),
          levels_((processor.cr4 & 0x1000) != 0 ? 5 : 4),  // LA57
          no_execute_((processor.extended_features & 0x800) != 0) {}

    /// Of QEMU's machine, in the words of its monitor.
    static ReadPage of(Qmp& control, Clock::time_point deadline);

    [[nodiscard]] Mapping walk(std::uint64_t address) const;
    [[nodiscard]] std::optional<std::uint64_t> word(std::uint64_t address) const;
    /// Up to `size` bytes, fewer where the mapping ends.
    [[nodiscard]] std::string bytes(std::uint64_t address, std::size_t size) const;
    [[nodiscard]] bool canonical(std::uint64_t address) const;

    /// Calls `take` with the begin of each run of mapped pages between two addresses, until it returns true. Both must
    /// lie in one half of the address space.
    bool any_run(std::uint64_t begin, std::uint64_t end, const std::function<bool(std::uint64_t)>& take) const;

private:
    [[nodiscard]] std::optional<std::uint64_t> entry(std::uint64_t table, std::uint64_t number) const;
    [[nodiscard]] const Page* page(std::uint64_t physical) const;

    ReadPage read_;
    std::uint64_t root_;
    int levels_;
    bool no_execute_;
    mutable std::map<std::uint64_t, std::optional<Page>> pages_{};
};

/// The words in what the monitor prints for "xp /512gx ADDRESS"; nothing where they are not 512.
std::optional<GuestMemory::Page> parse_page(std::string_view dump);

}  // namespace lintel::runner
