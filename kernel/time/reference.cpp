#include "kernel/time/reference.hpp"

#include "arch/arch.hpp"
#include "arch/device_io.hpp"
#include "kernel/acpi/acpi.hpp"
#include "kernel/acpi/registers.hpp"
#include "kernel/log.hpp"
#include "kernel/memory/devices.hpp"
#include "kernel/sync/spin_lock.hpp"

namespace lintel {

std::optional<ReferenceCounter> ReferenceCounter::find() {
    if (auto found = hpet()) return found;
    return acpi_timer();
}

std::optional<ReferenceCounter> ReferenceCounter::hpet() {
    const auto table = acpi_tables().table(acpi::hpet_signature);
    if (!table) return std::nullopt;
    const auto timers = acpi::event_timers(*table);
    if (!timers) {
        log_warning("ACPI: refused: {}: {}", timers.error().text, acpi::hpet_signature);
        return std::nullopt;
    }
    constexpr std::uint64_t size = 0x400;
    const auto registers = map_device(timers->registers, size);
    if (!registers) return std::nullopt;
    // IA-PC HPET 1.0a, 2.3.4 to 2.3.7: how long a tick is, whether it runs, and where it is. Of 64 bits the lower ones
    // do.
    constexpr std::uint64_t period_register = 4, control_register = 0x10, counter_register = 0xf0;
    constexpr std::uint32_t runs = 1 << 0;
    constexpr std::uint64_t femtoseconds = 1'000'000'000'000'000, longest_period = 100'000'000;
    const std::uint32_t period = arch::read_register(*registers + period_register, 4);
    if (period == 0 || period > longest_period) return std::nullopt;
    const std::uint32_t control = arch::read_register(*registers + control_register, 4);
    if ((control & runs) == 0) arch::write_register(*registers + control_register, 4, control | runs);
    return ReferenceCounter("HPET", {.frequency = femtoseconds / period, .mask = 0xffffffff},
                            {acpi::AddressSpace::memory, 32, timers->registers.value() + counter_register});
}

std::optional<ReferenceCounter> ReferenceCounter::acpi_timer() {
    const auto table = acpi_tables().table(acpi::fadt_signature);
    const auto fixed = table ? acpi::fixed_hardware(*table) : std::unexpected(table.error());
    if (!fixed || !fixed->timer) return std::nullopt;
    constexpr std::uint64_t frequency = 3'579'545;  // ACPI 6.5, 4.8.3.3
    return ReferenceCounter(
        "ACPI timer", {.frequency = frequency, .mask = fixed->timer_bits == 32 ? 0xffffffff : 0xffffff}, *fixed->timer);
}

Sample ReferenceCounter::sample() const {
    constexpr int tries = 8;  // the best of them counts
    const InterruptsMasked masked;
    Sample best{0, ~std::uint64_t{0}, 0};
    for (int i = 0; i < tries; ++i) {
        const std::uint64_t before = arch::timestamp();
        const std::uint64_t reference = read_register(place_).value_or(0) & facts_.mask;
        const Sample sample{before, arch::timestamp(), reference};
        if (sample.doubt() < best.doubt()) best = sample;
    }
    return best;
}

}  // namespace lintel
