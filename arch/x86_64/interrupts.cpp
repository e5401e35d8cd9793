// The kernel's side of the local APIC: interrupts that come, that are dealt with, and that go to other processors.
// Invariant: between the two halves of a command in xAPIC mode no other command of this processor comes.
#include "arch/arch.hpp"
#include "arch/local_apic.hpp"
#include "arch/x86_64/cpuid.hpp"
#include "arch/x86_64/local_apic.hpp"

namespace lintel::arch {
namespace {

/// The same object serves all processors: it has their common mode and address.
constinit std::optional<LocalApic> apic;

constexpr std::uint32_t nmi_mode = 0b100 << 8;
constexpr std::uint32_t asserted = 1 << 14;

void send(std::uint32_t to, std::uint32_t command) {
    const bool were_enabled = interrupts_enabled();
    disable_interrupts();
    apic->send(to, command | asserted);
    if (were_enabled) enable_interrupts();
}

}  // namespace

LocalApic& kernel_local_apic() { return *apic; }

bool has_local_apic() { return (cpuid(1).d & (1U << 9)) != 0; }

std::optional<PhysAddr> local_apic_registers() {
    const LocalApic here{DirectMap()};
    if (here.is_x2apic()) return std::nullopt;
    return here.registers();
}

std::uint32_t enable_local_apic(VirtAddr registers, unsigned spurious_vector) {
    if (!apic) {
        const std::uint64_t base = read_msr(msr_apic_base);
        set_apic_mode((base & base_x2apic) != 0 ? ApicMode::x2apic : ApicMode::xapic);
        const PhysAddr place = LocalApic{DirectMap()}.registers();
        apic.emplace(DirectMap(registers.value() - place.value()));
    }
    set_apic_mode(apic->is_x2apic() ? ApicMode::x2apic : ApicMode::xapic);
    constexpr std::uint32_t software_enable = 1 << 8;
    apic->write(apic_spurious, software_enable | spurious_vector);
    apic->write(apic_task_priority, 0);
    for (const std::uint32_t pin : {lvt_lint0, lvt_lint1}) {
        const std::uint32_t entry = apic->read(pin);
        if ((entry & delivery_mode) == nmi_mode) apic->write(pin, entry & ~masked);
    }
    return apic->id();
}

void end_of_interrupt() {
    if (apic) apic->write(apic_end_of_interrupt, 0);
}

void send_interrupt(std::uint32_t to, unsigned vector) { send(to, vector); }

void send_nmi(std::uint32_t to) { send(to, nmi_mode); }

}  // namespace lintel::arch
