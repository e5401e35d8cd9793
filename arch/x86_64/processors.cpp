// INIT and startup interrupts to all processors at once (Intel SDM vol. 3A, 8.4.4), and what a processor does from its
// first C++ on.
// Invariant: processors that start share nothing that they write but the count of stacks taken; each writes into its
// own parking place, once.
#include "arch/processors.hpp"

#include <algorithm>
#include <atomic>

#include "arch/arch.hpp"
#include "arch/x86_64/memory_types.hpp"
#include "arch/x86_64/passage.hpp"
#include "arch/x86_64/registers.hpp"
#include "arch/x86_64/trampoline.hpp"

namespace lintel::arch {
/// The first three are read by trampoline.S.
struct Start {
    std::uint64_t stacks_taken;  // 0
    std::uint64_t stack_count;   // 8
    const PhysAddr* stack_tops;  // 16
    ProcessorStart how;
    MemoryTypes memory_types;
};

extern "C" void lintel_started();
extern "C" [[gnu::sysv_abi]] void lintel_processor_main(const Start* start, std::uint64_t stack_top);

namespace {

// Waits are in time-stamp ticks, for a counter faster than there is one: with others they are longer, never shorter.
constexpr std::uint64_t microsecond = 4'000;
constexpr std::uint64_t after_init = 10'000 * microsecond;
constexpr std::uint64_t before_second_startup = 200 * microsecond;
constexpr std::uint64_t without_progress = 5'000'000 * microsecond;  // emulated ones share a busy host

/// What those that start read. It stays: an emulator can bring a processor late, even after the INIT that should have
/// stopped it.
constinit Start lasting{};

std::size_t count_arrived(std::span<ParkingPlace> places) {
    return static_cast<std::size_t>(std::ranges::count_if(
        places, [](ParkingPlace& place) { return std::atomic_ref(place.stack_top).load() != 0; }));
}

/// Waits until `wanted` processors have arrived, or none did for `patience`.
void wait_for(std::span<ParkingPlace> places, std::size_t wanted, std::uint64_t patience) {
    std::size_t arrived = count_arrived(places);
    for (std::uint64_t since = timestamp(); arrived < wanted && timestamp() - since < patience; relax()) {
        std::size_t now = count_arrived(places);
        if (now != arrived) since = timestamp();
        arrived = now;
    }
}

ParkingPlace* place_of(std::span<ParkingPlace> places, std::uint32_t id) {
    auto place = std::ranges::find(places, id, &ParkingPlace::apic_id);
    return place == places.end() ? nullptr : &*place;
}

}  // namespace

void lintel_processor_main(const Start* start, std::uint64_t stack_top) {
    const ProcessorStart& how = start->how;
    DirectMap identity;
    set_apic_mode(how.apic_mode);
    ParkingPlace* place = place_of(how.places, local_apic_id(identity));
    if (place == nullptr) return;
    start->memory_types.apply();
    set_registers();
    how.quiet(how.context);
    DirectMap direct(how.passage.hhdm);
    PhysAddr parking(reinterpret_cast<std::uint64_t>(place));
    Frame frame = frame_for(how.passage, direct.virt(PhysAddr(stack_top)), VirtAddr(), direct.virt(parking));
    lintel_enter(&frame);
}

void start_processors(const ProcessorStart& how) {
    DirectMap memory;
    std::uint32_t own_id = local_apic_id(memory);
    auto for_each_missing = [&](auto visit) {
        for (ParkingPlace& place : how.places)
            if (place.apic_id != own_id && std::atomic_ref(place.stack_top).load() == 0) visit(place);
    };
    std::size_t others = how.places.size() - (place_of(how.places, own_id) == nullptr ? 0 : 1);
    lasting = {.stacks_taken = 0,
               .stack_count = std::min(others, how.stack_tops.size()),
               .stack_tops = how.stack_tops.data(),
               .how = how,
               .memory_types = MemoryTypes::read()};
    build_scratch_tables(how.passage);
    PhysAddr trampoline = *how.passage.trampoline;
    place_trampoline(trampoline, {.root = how.passage.scratch,
                                  .levels = how.passage.levels,
                                  .target = reinterpret_cast<std::uint64_t>(&lintel_started),
                                  .argument = &lasting});

    for_each_missing([&](const ParkingPlace& place) { send_init(place.apic_id, memory); });
    for (std::uint64_t since = timestamp(); timestamp() - since < after_init;) relax();
    for (std::uint64_t patience : {before_second_startup, without_progress}) {
        for_each_missing([&](const ParkingPlace& place) { send_startup(place.apic_id, trampoline, memory); });
        wait_for(how.places, others, patience);
    }
    for_each_missing([&](ParkingPlace& place) {
        std::uint64_t nothing = 0;
        if (std::atomic_ref(place.stack_top).compare_exchange_strong(nothing, ParkingPlace::given_up))
            send_init(place.apic_id, memory);
    });
}

}  // namespace lintel::arch
