// The local APIC (Intel SDM vol. 3A, chapter 11): its two modes, its silence, and interrupts to other processors.
// Invariant: a wait for the APIC has an end.
#include "arch/local_apic.hpp"

#include <cpuid.h>

#include "arch/x86_64/device.hpp"
#include "arch/x86_64/local_apic.hpp"
#include "arch/x86_64/registers.hpp"

namespace lintel::arch {
namespace {

/// The vector entry of an NMI pin (ACPI 6.5, table 5.26; Intel SDM vol. 3A, 11.5.1). "Conforms" means what the ISA
/// bus does: active high, edge-triggered.
std::uint32_t nmi_entry(std::uint32_t entry, std::uint16_t flags) {
    constexpr std::uint32_t active_low = 1 << 13, level = 1 << 15;
    entry &= ~(delivery_mode | active_low | level);
    entry |= 0b100 << 8 | masked;
    if ((flags & 0b11) == 0b11) entry |= active_low;
    if ((flags >> 2 & 0b11) == 0b11) entry |= level;
    return entry;
}

/// Whether the firmware has made x2APIC mode final (Intel SDM vol. 4, table 2-2: IA32_XAPIC_DISABLE_STATUS).
bool is_x2apic_locked() {
    constexpr std::uint32_t has_capabilities = 1 << 29;  // CPUID 7, EDX
    constexpr std::uint64_t tells_status = 1 << 21, locked = 1 << 0;
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0 || (d & has_capabilities) == 0) return false;
    if ((read_msr(msr_arch_capabilities) & tells_status) == 0) return false;
    return (read_msr(msr_xapic_disable_status) & locked) != 0;
}

}  // namespace

LocalApicFacts local_apic_facts(DirectMap memory) {
    constexpr std::uint32_t has_apic = 1 << 9, has_x2apic = 1 << 21;  // CPUID 1, EDX and ECX
    unsigned a = 0, b = 0, c = 0, d = 0;
    LocalApicFacts facts;
    __get_cpuid(1, &a, &b, &c, &d);
    facts.present = (d & has_apic) != 0;
    if (!facts.present) return facts;
    LocalApic apic(memory);
    facts.id = apic.id();
    facts.mode = apic.is_x2apic() ? ApicMode::x2apic : ApicMode::xapic;
    facts.has_x2apic = (c & has_x2apic) != 0;
    facts.can_leave_x2apic = !is_x2apic_locked() && facts.id < 0xff;
    return facts;
}

void set_apic_mode(ApicMode mode) {
    constexpr std::uint64_t both = base_enabled | base_x2apic;
    std::uint64_t base = read_msr(msr_apic_base);
    std::uint64_t wanted = mode == ApicMode::x2apic ? both : base_enabled;
    if ((base & both) == wanted) return;
    // From x2APIC mode the one way leads through off, and into it through xAPIC mode (11.12.5).
    base &= ~both;
    write_msr(msr_apic_base, base);
    write_msr(msr_apic_base, base | base_enabled);
    if (mode == ApicMode::x2apic) write_msr(msr_apic_base, base | both);
}

std::uint32_t local_apic_id(DirectMap memory) { return LocalApic(memory).id(); }

void quiet_local_apic(std::span<const LocalNmi> nmis, DirectMap memory) {
    LocalApic apic(memory);
    // First of all: while the APIC is disabled by software, what is written to its vectors' mask bits is ignored
    // (Intel SDM vol. 3A, 11.4.7.2).
    apic.write(apic_spurious, 0x1ff);
    apic.write(apic_task_priority, 0);
    for (const auto& nmi : nmis) {
        std::uint32_t pin = nmi.pin == 0 ? lvt_lint0 : lvt_lint1;
        std::uint32_t entry = apic.read(pin);
        if (may_mask(entry)) apic.write(pin, nmi_entry(entry, nmi.flags));
    }
    std::uint32_t last_vector = apic.read(apic_version) >> 16 & 0xff;
    for (std::uint32_t number : {lvt_timer, lvt_lint0, lvt_lint1, lvt_error}) apic.mask(number);
    if (last_vector >= 4) apic.mask(lvt_performance);
    if (last_vector >= 5) apic.mask(lvt_thermal);
    if (last_vector >= 6) apic.mask(lvt_cmci);
}

void send_init(std::uint32_t id, DirectMap memory) {
    constexpr std::uint32_t init = 0x4500;  // asserted
    LocalApic(memory).send(id, init);
}

void send_startup(std::uint32_t id, PhysAddr page, DirectMap memory) {
    constexpr std::uint32_t startup = 0x4600;
    LocalApic(memory).send(id, startup | static_cast<std::uint32_t>(page.value() / page_size));
}

}  // namespace lintel::arch
