// Starting the other processors of the machine, up to where they wait for the executable to call them.
// Invariant: a processor that did not arrive in time never arrives.
#pragma once

#include <cstdint>
#include <span>

#include "arch/enter.hpp"
#include "arch/local_apic.hpp"
#include "base/address.hpp"

namespace lintel::arch {

/// Where one processor waits: laid out as the protocol's structure for a processor ("MP Feature"), which this is.
struct ParkingPlace {
    static constexpr std::uint64_t given_up = 1;

    std::uint32_t firmware_id;
    std::uint32_t apic_id;
    std::uint64_t stack_top;  // written by the processor as it arrives; given_up where it did not
    std::uint64_t entry;      // written by the executable
    std::uint64_t argument;
};
static_assert(sizeof(ParkingPlace) == 32);

/// What starting them takes. All memory lies in the identity map and in the direct map.
struct ProcessorStart {
    Passage passage;                         // with a trampoline, and a scratch page below 4 GiB
    std::span<ParkingPlace> places{};        // one for each; this processor's own among them stays as it is
    std::span<const PhysAddr> stack_tops{};  // one for each but this processor, multiples of 16
    ApicMode apic_mode = ApicMode::xapic;
    void (*quiet)(const void* context) = nullptr;  // called by each processor, to silence its local APIC
    const void* context = nullptr;
};

/// Starts the processors, gives each the state of entry with this one's memory type ranges, and waits until they have
/// arrived. The caller runs identity-mapped, with boot services ended, its local APIC already in `apic_mode`.
void start_processors(const ProcessorStart& start);

}  // namespace lintel::arch
