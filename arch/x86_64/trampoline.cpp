#include "arch/x86_64/trampoline.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <utility>

#include "arch/enter.hpp"
#include "arch/x86_64/registers.hpp"

// From trampoline.S.
extern "C" const std::byte lintel_trampoline[], lintel_trampoline_leave[], lintel_trampoline_parameters[],
    lintel_trampoline_end[];

namespace lintel::arch {
namespace {

/// The words at the end of trampoline.S, which come with distances where an address is wanted.
struct [[gnu::packed]] Parameters {
    std::uint64_t target;
    std::uint64_t argument;
    std::uint32_t root;
    std::uint32_t control;
    std::uint32_t to_protected;
    std::uint16_t protected_segment;
    std::uint16_t features;  // EFER
    std::uint32_t to_long;
    std::uint16_t long_segment;
    std::uint16_t table_limit;
    std::uint64_t table_address;
    std::array<std::uint64_t, entry_descriptors.size()> table;
};
static_assert(offsetof(Parameters, table_address) == 40 && sizeof(Parameters) == 104);

std::size_t distance(const std::byte* symbol) { return static_cast<std::size_t>(symbol - lintel_trampoline); }

}  // namespace

void place_trampoline(PhysAddr page, const Destination& destination) {
    ensure(page.value() < 0x100000 && destination.root.value() <= UINT32_MAX, "a trampoline reaches its page tables");
    auto base = static_cast<std::uint32_t>(page.value());
    // Safety: the page is the loader's own, and what is copied into it is a small part of a page.
    auto* start = DirectMap().pointer<std::byte>(page);
    std::memcpy(start, lintel_trampoline, distance(lintel_trampoline_end));

    Parameters parameters;
    std::byte* place = start + distance(lintel_trampoline_parameters);
    std::memcpy(&parameters, place, sizeof parameters);
    parameters.target = destination.target;
    parameters.argument = reinterpret_cast<std::uint64_t>(destination.argument);
    parameters.root = static_cast<std::uint32_t>(destination.root.value());
    parameters.control = static_cast<std::uint32_t>(cr4_for(destination.levels));
    parameters.features = static_cast<std::uint16_t>(efer_for_tables());
    parameters.to_protected += base;
    parameters.to_long += base;
    parameters.table_address += base;
    parameters.table = entry_descriptors;
    std::memcpy(place, &parameters, sizeof parameters);
}

void leave_through_trampoline(PhysAddr page, const Destination& destination) {
    place_trampoline(page, destination);
    // Safety: what was just put there is this function, which the page's address alone makes another.
    auto* leave = reinterpret_cast<void (*)()>(page.value() + distance(lintel_trampoline_leave));
    leave();
    std::unreachable();
}

}  // namespace lintel::arch
