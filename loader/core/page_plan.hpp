// What the executable finds mapped at entry: its own segments and the direct map (PROTOCOL.md, "Memory Layout at
// Entry", "Caching"), as a list that the page tables are filled from.
// Invariant: the mappings are whole pages and none overlaps another.
#pragma once

#include <cstdint>
#include <span>

#include "arch/page_tables.hpp"
#include "base/list.hpp"
#include "base/result.hpp"
#include "loader/core/executable.hpp"
#include "loader/core/memory_map.hpp"
#include "protocol/wire.hpp"

namespace lintel::loader {

/// Adds the segments of an executable whose image was placed at `image`.
Status plan_image(const Executable& executable, PhysAddr image, List<arch::Mapping>& plan);

/// Adds what the base revision wants of `map` in the direct map, whose offset is a multiple of 1 GiB. `map` comes from
/// MemoryMap::resolve().
Status plan_direct_map(DirectMap where, std::span<const limine::MemoryMapEntry> map, std::uint64_t base_revision,
                       List<arch::Mapping>& plan);

/// Adds the same from the second page on at its physical addresses, where the base revision wants that.
Status plan_identity_map(std::span<const limine::MemoryMapEntry> map, std::uint64_t base_revision,
                         List<arch::Mapping>& plan);

/// What a plan will take, told before the final memory map is known: that will be made from `edges` edges of claims.
struct PlanBounds {
    std::uint64_t mappings;  // at most
    std::uint64_t tables;    // at most; what is mapped of the memory map ends at `memory_end`
};
PlanBounds plan_bounds(const Executable& executable, std::uint64_t base_revision, arch::Levels levels,
                       std::uint64_t edges, PhysAddr memory_end);

}  // namespace lintel::loader
