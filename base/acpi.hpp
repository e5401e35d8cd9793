// What ACPI's tables say, entry by entry, for loaders and kernels: which processors, interrupt controllers and IOMMUs
// there are. Section numbers are those of the ACPI specification 6.5.
// Invariant: a table is read within its own bytes; an entry that does not fit ends the walk.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/address.hpp"
#include "base/bytes.hpp"

namespace lintel::acpi {

/// The header that all tables but the RSDP and the FACS have (5.2.6).
inline constexpr std::uint64_t header_size = 36;

/// Offsets in the RSDP (5.2.5.3).
inline constexpr std::uint64_t rsdp_size_before_2 = 20;
inline constexpr std::uint64_t rsdp_size_from_2 = 36;

/// No table is near this long; a longer one is a broken pointer.
inline constexpr std::uint32_t longest_table = 16 << 20;  // bytes

/// An I/O APIC (5.2.12.3).
struct IoApic {
    PhysAddr address;
    std::uint32_t first_interrupt;
};

/// A local interrupt input that NMI is wired to (5.2.12.7, 5.2.12.13).
struct LocalNmi {
    std::optional<std::uint32_t> processor;  // ACPI processor UID; nothing: all processors
    std::uint16_t flags;                     // MPS INTI flags (5.2.12.5)
    std::uint8_t input;                      // 0: LINT0, 1: LINT1
};

/// Calls `visit(type, entry)` for each entry of a table whose entries start at `first` with a type and a length,
/// each a `Field` wide.
template <class Field, class Visit>
void for_each_entry(Bytes table, std::uint64_t first, Visit visit) {
    for (std::uint64_t at = first;;) {
        auto type = read_at<Field>(table, at);
        auto length = read_at<Field>(table, at + sizeof(Field));
        if (!length || *length < 2 * sizeof(Field)) return;
        auto entry = slice(table, at, *length);
        if (!entry) return;
        visit(*type, *entry);
        at += *length;
    }
}

inline constexpr std::string_view madt_signature = "APIC";
inline constexpr std::string_view fadt_signature = "FACP";
inline constexpr std::string_view dmar_signature = "DMAR";
inline constexpr std::string_view ivrs_signature = "IVRS";

/// Where the MADT's entries start (5.2.12).
inline constexpr std::uint64_t madt_entries = 44;

/// Calls `visit(IoApic)` for each I/O APIC in the MADT.
template <class Visit>
void for_each_io_apic(Bytes madt, Visit visit) {
    for_each_entry<std::uint8_t>(madt, madt_entries, [&](std::uint8_t type, Bytes entry) {
        auto address = read_at<std::uint32_t>(entry, 4);
        auto first = read_at<std::uint32_t>(entry, 8);
        if (type == 1 && first) visit(IoApic{PhysAddr(*address), *first});
    });
}

/// What a MADT entry of `type` says about NMI, if anything.
std::optional<LocalNmi> local_nmi(std::uint8_t type, Bytes entry);

/// Calls `visit(LocalNmi)` for each local NMI in the MADT.
template <class Visit>
void for_each_local_nmi(Bytes madt, Visit visit) {
    for_each_entry<std::uint8_t>(madt, madt_entries, [&](std::uint8_t type, Bytes entry) {
        if (auto nmi = local_nmi(type, entry)) visit(*nmi);
    });
}

/// A processor and its local APIC (5.2.12.2, 5.2.12.12).
struct Processor {
    std::uint32_t uid;
    std::uint32_t apic_id;
    bool usable;  // now, or once it is started: the flags Enabled and Online Capable
};

/// The processor that a MADT entry of `type` stands for, if it does.
std::optional<Processor> processor(std::uint8_t type, Bytes entry);

/// Calls `visit(Processor)` for each processor in the MADT, some of which may be there twice.
template <class Visit>
void for_each_processor(Bytes madt, Visit visit) {
    for_each_entry<std::uint8_t>(madt, madt_entries, [&](std::uint8_t type, Bytes entry) {
        if (auto found = processor(type, entry)) visit(*found);
    });
}

/// Where the local APICs' registers are, as the MADT has it (5.2.12, 5.2.12.8).
std::optional<PhysAddr> local_apic_address(Bytes madt);

/// Calls `visit(PhysAddr)` with the registers of each remapping unit in the DMAR (Intel VT-d 4.1, 8.1 and 8.3).
template <class Visit>
void for_each_vtd_unit(Bytes dmar, Visit visit) {
    for_each_entry<std::uint16_t>(dmar, 48, [&](std::uint16_t type, Bytes entry) {
        auto registers = read_at<std::uint64_t>(entry, 8);
        if (type == 0 && registers) visit(PhysAddr(*registers));
    });
}

/// Calls `visit(PhysAddr)` with the registers of each IOMMU in the IVRS (AMD I/O Virtualization 3.08, 5.2). One that
/// several blocks describe is visited several times.
template <class Visit>
void for_each_amd_iommu(Bytes ivrs, Visit visit) {
    for (std::uint64_t at = 48;;) {
        auto type = read_at<std::uint8_t>(ivrs, at);
        auto length = read_at<std::uint16_t>(ivrs, at + 2);
        auto registers = read_at<std::uint64_t>(ivrs, at + 8);
        if (!length || *length < 4) return;
        bool is_hardware = *type == 0x10 || *type == 0x11 || *type == 0x40;
        if (is_hardware && *length >= 16 && registers) visit(PhysAddr(*registers));
        at += *length;
    }
}

}  // namespace lintel::acpi
