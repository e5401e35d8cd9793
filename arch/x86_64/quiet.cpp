#include "arch/quiet.hpp"

#include "arch/x86_64/ports.hpp"
#include "arch/x86_64/registers.hpp"

namespace lintel::arch {
namespace {

constexpr std::uint32_t masked = 1 << 16;            // the same bit in I/O APIC entries and local vectors
constexpr std::uint32_t delivery_mode = 0b111 << 8;  // likewise

/// Fixed, lowest priority, NMI and ExtINT are ours to mask; SMI and INIT stay as the firmware wants them.
bool may_mask(std::uint32_t entry) {
    switch ((entry & delivery_mode) >> 8) {
        case 0b000:
        case 0b001:
        case 0b100:
        case 0b111:
            return true;
        default:
            return false;
    }
}

std::uint32_t read32(PhysAddr address, DirectMap memory) {
    // Safety: the caller names a device register, which the identity map reaches; volatile keeps the access.
    return *memory.pointer<volatile std::uint32_t>(address);
}

void write32(PhysAddr address, std::uint32_t value, DirectMap memory) {
    // Safety: as in read32().
    *memory.pointer<volatile std::uint32_t>(address) = value;
}

// Local APIC registers (Intel SDM vol. 3A, table 11-1); the x2APIC's numbers are these divided by 16.
constexpr std::uint32_t apic_id = 0x20;
constexpr std::uint32_t apic_version = 0x30;
constexpr std::uint32_t apic_task_priority = 0x80;
constexpr std::uint32_t apic_spurious = 0xf0;
constexpr std::uint32_t lvt_cmci = 0x2f0;
constexpr std::uint32_t lvt_timer = 0x320;
constexpr std::uint32_t lvt_thermal = 0x330;
constexpr std::uint32_t lvt_performance = 0x340;
constexpr std::uint32_t lvt_lint0 = 0x350;
constexpr std::uint32_t lvt_lint1 = 0x360;
constexpr std::uint32_t lvt_error = 0x370;

constexpr std::uint64_t base_x2apic = 1 << 10;
constexpr std::uint64_t base_enabled = 1 << 11;

/// This processor's local APIC, in whichever mode it is.
class LocalApic {
public:
    explicit LocalApic(DirectMap memory) : base_(read_msr(msr_apic_base)), memory_(memory) {}

    void enable() {
        base_ |= base_enabled;
        write_msr(msr_apic_base, base_);
    }
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

private:
    [[nodiscard]] PhysAddr registers() const { return PhysAddr(base_ & 0x000ffffffffff000); }
    std::uint64_t base_;
    DirectMap memory_;
};

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

}  // namespace

void quiet_legacy_pics() {
    out8(0x21, 0xff);
    out8(0xa1, 0xff);
}

void quiet_io_apic(PhysAddr registers, DirectMap memory) {
    // Intel 82093AA, 3.1: an index register and a window onto the register that it names.
    auto read = [&](std::uint32_t number) {
        write32(registers, number, memory);
        return read32(registers + 0x10, memory);
    };
    std::uint32_t last = read(1) >> 16 & 0xff;
    for (std::uint32_t line = 0; line <= last; ++line) {
        std::uint32_t entry = read(0x10 + 2 * line);
        if (may_mask(entry)) write32(registers + 0x10, entry | masked, memory);
    }
}

std::uint32_t local_apic_id(DirectMap memory) {
    LocalApic apic(memory);
    std::uint32_t id = apic.read(apic_id);
    return apic.is_x2apic() ? id : id >> 24;
}

void quiet_local_apic(std::span<const LocalNmi> nmis, DirectMap memory) {
    LocalApic apic(memory);
    apic.enable();
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

void disable_vtd(PhysAddr registers, DirectMap memory) {
    // Intel VT-d 4.1, 11.4.4: a command is the status without its one-shot bits, and one change at a time.
    constexpr std::uint64_t command = 0x18, status = 0x1c;
    constexpr std::uint32_t lasting = 0x96ffffff;
    constexpr std::uint32_t translation = 1U << 31, interrupt_remapping = 1U << 25;
    for (std::uint32_t feature : {translation, interrupt_remapping}) {
        std::uint32_t now = read32(registers + status, memory);
        if ((now & feature) == 0) continue;
        write32(registers + command, now & lasting & ~feature, memory);
        // Hardware answers within microseconds; a unit that never does is left to itself.
        for (int i = 0; i < 1'000'000 && (read32(registers + status, memory) & feature) != 0; ++i) {
        }
    }
}

void disable_amd_vi(PhysAddr registers, DirectMap memory) {
    // AMD I/O Virtualization Technology 3.08, 3.4.1: bit 0 of the control register enables the whole unit.
    constexpr std::uint64_t control = 0x18;
    write32(registers + control, read32(registers + control, memory) & ~1U, memory);
}

}  // namespace lintel::arch
