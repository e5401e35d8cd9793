// The I/O APICs and this processor's local APIC, found through the MADT.
// Invariant: I/O APIC index registers are the only thing written.
#include <array>

#include "arch/x86_64/registers.hpp"
#include "tests/conformance/acpi.hpp"
#include "tests/conformance/kernel.hpp"

namespace lintel::conformance {
namespace {

constexpr std::uint32_t masked = 1 << 16;

unsigned delivery_mode(std::uint32_t entry) { return entry >> 8 & 7; }
bool is_fixed(std::uint32_t entry) { return delivery_mode(entry) <= 1; }
bool is_nmi_or_extint(std::uint32_t entry) { return delivery_mode(entry) == 4 || delivery_mode(entry) == 7; }

/// Calls `visit(type, entry)` for each interrupt controller structure (ACPI 6.5, 5.2.12).
template <class Visit>
void for_each_in_madt(Bytes madt, Visit visit) {
    for (std::uint64_t at = 44; at + 2 <= madt.size();) {
        auto type = *read_at<std::uint8_t>(madt, at);
        auto length = *read_at<std::uint8_t>(madt, at + 1);
        auto entry = slice(madt, at, length);
        if (length < 2 || !entry) return;
        visit(type, *entry);
        at += length;
    }
}

void judge_io_apics(Report& report, Bytes madt) {
    std::uint64_t fixed_open = 0, others_open = 0, lines = 0;
    for_each_in_madt(madt, [&](unsigned type, Bytes entry) {
        if (type != 1) return;
        std::uint64_t base = read_at<std::uint32_t>(entry, 4).value_or(0);
        auto read = [&](std::uint32_t number) {
            *device_register(base) = number;
            return *device_register(base + 0x10);
        };
        std::uint32_t last = read(1) >> 16 & 0xff;
        for (std::uint32_t line = 0; line <= last; ++line, ++lines) {
            std::uint32_t value = read(0x10 + 2 * line);
            if ((value & masked) != 0) continue;
            if (is_fixed(value)) ++fixed_open;
            if (is_nmi_or_extint(value)) ++others_open;
        }
    });
    constexpr std::string_view fixed = "I/O APIC entries of fixed or lowest priority delivery are masked";
    constexpr std::string_view others = "I/O APIC entries of NMI or ExtINT delivery are masked";
    if (lines == 0) {
        report.skip(fixed, "the MADT names no I/O APIC");
        if (asked_revision >= 5) report.skip(others, "the MADT names no I/O APIC");
        return;
    }
    report.promise(fixed, fixed_open == 0, "{} of {} are not", fixed_open, lines);
    if (asked_revision >= 5) report.promise(others, others_open == 0, "{} of {} are not", others_open, lines);
}

/// Local APIC registers by their offsets in memory (Intel SDM vol. 3A, table 11-1).
class LocalApic {
public:
    [[nodiscard]] bool enabled() const { return (base_ & 1 << 11) != 0; }
    [[nodiscard]] bool is_x2apic() const { return (base_ & 1 << 10) != 0; }
    [[nodiscard]] std::uint32_t read(std::uint32_t offset) const {
        if (is_x2apic()) return static_cast<std::uint32_t>(arch::read_msr(arch::msr_x2apic_first + offset / 16));
        return *device_register((base_ & 0x000ffffffffff000) + offset);
    }

private:
    std::uint64_t base_ = arch::read_msr(arch::msr_apic_base);
};

struct LocalVector {
    std::string_view words;
    std::uint32_t offset;
    unsigned index;  // the version register says up to which there are any
};

constexpr std::array<LocalVector, 7> vectors = {
    {{"the timer's local vector is masked", 0x320, 0},
     {"the local vector of LINT0 is masked", 0x350, 0},
     {"the local vector of LINT1 is masked", 0x360, 0},
     {"the error's local vector is masked", 0x370, 0},
     {"the performance counters' local vector is masked", 0x340, 4},
     {"the thermal monitor's local vector is masked", 0x330, 5},
     {"the local vector for corrected machine checks is masked", 0x2f0, 6}}};

/// The pins that the MADT calls NMI for this processor, with their flags (ACPI 6.5, 5.2.12.7 and 5.2.12.13).
void judge_nmi_pins(Report& report, Bytes madt, const LocalApic& apic) {
    constexpr std::string_view words = "LINT pins that the MADT names are NMI, with its polarity and trigger mode";
    constexpr std::uint32_t active_low = 1 << 13, level = 1 << 15;
    std::uint64_t pins = 0, wrong = 0;
    std::uint32_t seen = 0;
    for_each_in_madt(madt, [&](unsigned type, Bytes entry) {
        if (type != 4 && type != 0x0a) return;
        auto flags = read_at<std::uint16_t>(entry, type == 4 ? 3 : 2).value_or(0);
        auto pin = read_at<std::uint8_t>(entry, type == 4 ? 5 : 8).value_or(0);
        // QEMU names pins for all processors at once: type 4 with processor 0xff, type 10 with 0xffffffff.
        bool all = type == 4 ? read_at<std::uint8_t>(entry, 2) == 0xff : read_at<std::uint32_t>(entry, 4) == 0xffffffff;
        if (!all) return;
        std::uint32_t vector = apic.read(pin == 0 ? 0x350 : 0x360);
        bool right = delivery_mode(vector) == 4 && ((vector & active_low) != 0) == ((flags & 3) == 3) &&
                     ((vector & level) != 0) == ((flags >> 2 & 3) == 3);
        ++pins;
        if (right) return;
        ++wrong;
        seen = vector;
    });
    if (pins == 0)
        report.skip(words, "the MADT names no pin for all processors");
    else
        report.promise(words, wrong == 0, "one is {:x}", seen);
}

void judge_local_apic(Report& report, Bytes madt) {
    const LocalApic apic;
    if (!report.promise("the local APIC is enabled", apic.enabled())) return;
    const std::uint32_t spurious = apic.read(0xf0);
    report.promise("the local APIC is enabled by software", (spurious & 1 << 8) != 0, "the register is {:x}", spurious);
    report.promise("the spurious interrupt vector register is 0x1ff", spurious == 0x1ff, "it is {:x}", spurious);
    report.promise("the task priority register is 0", apic.read(0x80) == 0, "it is {:x}", apic.read(0x80));
    const unsigned last = apic.read(0x30) >> 16 & 0xff;
    for (const LocalVector& vector : vectors) {
        if (vector.index > last) {
            report.skip(vector.words, "this local APIC has none");
            continue;
        }
        std::uint32_t value = apic.read(vector.offset);
        bool ours = is_fixed(value) || is_nmi_or_extint(value);
        report.promise(vector.words, !ours || (value & masked) != 0, "it is {:x}", value);
    }
    judge_nmi_pins(report, madt, apic);
}

void judge_vtd(Report& report) {
    constexpr std::string_view translation = "all Intel VT-d IOMMUs have DMA translation disabled";
    constexpr std::string_view remapping = "all Intel VT-d IOMMUs have interrupt remapping disabled";
    // Intel VT-d 4.1, 8.1 and 8.3: units are structures of type 0; 11.4.4: their status.
    constexpr std::uint64_t status = 0x1c;
    std::uint64_t units = 0, translating = 0, interrupting = 0;
    Bytes dmar = find_acpi_table("DMAR");
    for (std::uint64_t at = 48; at + 16 <= dmar.size();) {
        auto length = *read_at<std::uint16_t>(dmar, at + 2);
        if (length < 4) break;
        if (*read_at<std::uint16_t>(dmar, at) == 0) {
            std::uint32_t now = *device_register(*read_at<std::uint64_t>(dmar, at + 8) + status);
            ++units;
            translating += now >> 31 & 1;
            interrupting += now >> 25 & 1;
        }
        at += length;
    }
    if (units == 0) {
        report.skip(translation, "there is none");
        report.skip(remapping, "there is none");
        return;
    }
    report.promise(translation, translating == 0, "{} of {} translate", translating, units);
    report.promise(remapping, interrupting == 0, "{} of {} remap", interrupting, units);
}

void judge_amd_vi(Report& report) {
    constexpr std::string_view words = "all AMD-Vi IOMMUs are disabled";
    // AMD I/O Virtualization Technology 3.08, 5.2.2: units are blocks of three types; 3.4.1: their control register.
    constexpr std::uint64_t control = 0x18;
    std::uint64_t units = 0, enabled = 0;
    Bytes ivrs = find_acpi_table("IVRS");
    for (std::uint64_t at = 48; at + 16 <= ivrs.size();) {
        auto type = *read_at<std::uint8_t>(ivrs, at);
        auto length = *read_at<std::uint16_t>(ivrs, at + 2);
        if (length < 4) break;
        if (type == 0x10 || type == 0x11 || type == 0x40) {
            ++units;
            enabled += *device_register(*read_at<std::uint64_t>(ivrs, at + 8) + control) & 1;
        }
        at += length;
    }
    if (units == 0)
        report.skip(words, "there is none");
    else
        report.promise(words, enabled == 0, "{} of {} are not", enabled, units);
}

}  // namespace

void judge_interrupt_controllers(Report& report) {
    report.section("Machine State at Entry");
    Bytes madt = find_acpi_table("APIC");
    judge_io_apics(report, madt);
    if (asked_revision >= 5) judge_local_apic(report, madt);
}

void judge_iommus(Report& report) {
    if (asked_revision < 5) return;
    report.section("Machine State at Entry");
    judge_vtd(report);
    judge_amd_vi(report);
}

}  // namespace lintel::conformance
