// What a PVH start tells the program (Xen, xen/include/public/arch-x86/hvm/start_info.h): the memory map and where
// the ACPI tables are.
// Invariant: a StartInfo that parse() gave out was wholly inside the first 4 GiB and is consistent in itself.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/address.hpp"
#include "base/result.hpp"

namespace lintel::loader::direct {

/// One entry of the memory map, as E820 has them (ACPI 6.5, 15.1 and table 15.4).
struct MapEntry {
    std::uint64_t base;
    std::uint64_t length;  // bytes
    std::uint32_t type;
    std::uint32_t reserved;
};
static_assert(sizeof(MapEntry) == 24);

struct StartInfo {
    std::optional<PhysAddr> rsdp{};
    std::span<const MapEntry> map{};

    /// Reads what `address` points to through `memory`, of which the first `reachable` bytes can be read.
    static Result<StartInfo> parse(PhysAddr address, DirectMap memory, std::uint64_t reachable);
};

}  // namespace lintel::loader::direct
