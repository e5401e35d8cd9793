// The local APIC's timer (Intel SDM vol. 3A, 11.5.4).
#include "arch/local_timer.hpp"

#include "arch/x86_64/cpuid.hpp"
#include "arch/x86_64/local_apic.hpp"
#include "arch/x86_64/registers.hpp"

namespace lintel::arch {
namespace {

constexpr std::uint32_t timer_initial_count = 0x380;
constexpr std::uint32_t timer_current_count = 0x390;
constexpr std::uint32_t timer_divisor = 0x3e0;
constexpr std::uint32_t divide_by_16 = 0b0011;  // 32 bits last for some seconds at least
constexpr std::uint32_t by_timestamp = 0b10 << 17;
constexpr std::uint32_t msr_deadline = 0x6e0;

}  // namespace

TimerMode best_timer_mode() {
    constexpr std::uint32_t has_deadline = 1 << 24;
    return (cpuid(1).c & has_deadline) != 0 ? TimerMode::timestamp : TimerMode::count;
}

void open_local_timer(TimerMode mode, unsigned vector) {
    LocalApic& apic = kernel_local_apic();
    if (mode == TimerMode::timestamp) {
        apic.write(lvt_timer, vector | by_timestamp);
        finish_stores();  // in xAPIC mode the mode must be set before the first deadline (11.5.4.1)
    } else {
        apic.write(timer_divisor, divide_by_16);
        apic.write(lvt_timer, vector);
    }
}

void set_timer(std::uint64_t when) { write_msr(msr_deadline, when == 0 ? 1 : when); }

void set_timer_count(std::uint32_t counts) { kernel_local_apic().write(timer_initial_count, counts); }

std::uint32_t timer_count_left() { return kernel_local_apic().read(timer_current_count); }

}  // namespace lintel::arch
