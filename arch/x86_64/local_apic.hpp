// The local APIC as its registers (Intel SDM vol. 3A, chapter 11).
// Invariant: a wait for the APIC has an end.
#pragma once

#include <cstdint>

#include "arch/x86_64/device.hpp"
#include "arch/x86_64/registers.hpp"

namespace lintel::arch {

// Local APIC registers (Intel SDM vol. 3A, table 11-1); the x2APIC's numbers are these divided by 16.
inline constexpr std::uint32_t apic_id = 0x20;
inline constexpr std::uint32_t apic_version = 0x30;
inline constexpr std::uint32_t apic_task_priority = 0x80;
inline constexpr std::uint32_t apic_end_of_interrupt = 0xb0;
inline constexpr std::uint32_t apic_spurious = 0xf0;
inline constexpr std::uint32_t lvt_cmci = 0x2f0;
inline constexpr std::uint32_t apic_command = 0x300;
inline constexpr std::uint32_t apic_command_high = 0x310;
inline constexpr std::uint32_t lvt_timer = 0x320;
inline constexpr std::uint32_t lvt_thermal = 0x330;
inline constexpr std::uint32_t lvt_performance = 0x340;
inline constexpr std::uint32_t lvt_lint0 = 0x350;
inline constexpr std::uint32_t lvt_lint1 = 0x360;
inline constexpr std::uint32_t lvt_error = 0x370;

inline constexpr std::uint64_t base_x2apic = 1 << 10;
inline constexpr std::uint64_t base_enabled = 1 << 11;

/// This processor's local APIC, in whichever mode it is.
class LocalApic {
public:
    /// `memory` reaches its registers, where it has them in memory.
    explicit LocalApic(DirectMap memory) : base_(read_msr(msr_apic_base)), memory_(memory) {}

    [[nodiscard]] bool is_x2apic() const { return (base_ & base_x2apic) != 0; }
    [[nodiscard]] std::uint32_t read(std::uint32_t number) const {
        if (is_x2apic()) return static_cast<std::uint32_t>(read_msr(msr_x2apic_first + number / 16));
        return read32(registers() + number, memory_);
    }
    void write(std::uint32_t number, std::uint32_t value) {
        if (is_x2apic()) return write_msr(msr_x2apic_first + number / 16, value);
        write32(registers() + number, value, memory_);
    }
    void mask(std::uint32_t number) {
        std::uint32_t entry = read(number);
        if (may_mask(entry)) write(number, entry | masked);
    }
    [[nodiscard]] std::uint32_t id() const {
        std::uint32_t id = read(apic_id);
        return is_x2apic() ? id : id >> 24;
    }
    /// Sends an interrupt (11.6.1, 11.12.9).
    void send(std::uint32_t destination, std::uint32_t command) {
        if (is_x2apic()) {
            finish_stores();
            return write_msr(msr_x2apic_first + apic_command / 16, std::uint64_t{destination} << 32 | command);
        }
        // The last one may be under way still: that of code which a panic has interrupted, too.
        constexpr std::uint32_t delivery_pending = 1 << 12;
        for (int i = 0; i < 100'000 && (read(apic_command) & delivery_pending) != 0; ++i) relax();
        write(apic_command_high, destination << 24);
        write(apic_command, command);
    }

    [[nodiscard]] PhysAddr registers() const { return PhysAddr(base_ & 0x000ffffffffff000); }

private:
    std::uint64_t base_;
    DirectMap memory_;
};

/// This processor's local APIC, once the kernel has enabled it.
LocalApic& kernel_local_apic();

}  // namespace lintel::arch
