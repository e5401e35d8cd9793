// gnu-efi's headers do not know this protocol; the section numbers are those of its specification.
#include "loader/uefi/tpm.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/list.hpp"
#include "loader/core/entry.hpp"

namespace lintel::loader::uefi {
namespace {

constexpr EFI_GUID tcg2_protocol = {0x607f766c, 0x7455, 0x42be, {0x93, 0x0b, 0xe4, 0xd7, 0x6d, 0xb2, 0x72, 0x0f}};

/// 6.4.4, as far as it is used here.
struct Capability {
    UINT8 size;
    UINT8 structure_version[2];
    UINT8 protocol_version[2];
    UINT32 hash_algorithms;
    UINT32 event_logs;
    BOOLEAN tpm_present;
    UINT16 largest_command;
    UINT16 largest_response;
    UINT32 manufacturer;
    UINT32 bank_count;
    UINT32 active_banks;
};
static_assert(sizeof(Capability) == 36 && offsetof(Capability, tpm_present) == 16);

/// 6.6.3: what a measurement starts with in the log; a description follows.
struct [[gnu::packed]] Event {
    UINT32 size;  // with the description
    UINT32 header_size;
    UINT16 header_version;
    UINT32 pcr;
    UINT32 type;
};
static_assert(sizeof(Event) == 18);
constexpr UINT32 header_size = sizeof(Event) - sizeof(UINT32);
constexpr UINT32 initial_program_loader = 0xd;  // EV_IPL

/// 6.2, as far as it is used here.
struct Tcg2Protocol {
    EFI_STATUS(EFIAPI* get_capability)(Tcg2Protocol* self, Capability* capability);
    EFI_STATUS(EFIAPI* get_event_log)
    (Tcg2Protocol* self, UINT32 format, EFI_PHYSICAL_ADDRESS* location, EFI_PHYSICAL_ADDRESS* last_entry,
     BOOLEAN* truncated);
    EFI_STATUS(EFIAPI* hash_log_extend_event)
    (Tcg2Protocol* self, UINT64 flags, EFI_PHYSICAL_ADDRESS data, UINT64 size, const void* event);
};

Tcg2Protocol* find_protocol(EFI_BOOT_SERVICES& services) {
    EFI_GUID guid = tcg2_protocol;
    void* interface = nullptr;
    if (EFI_ERROR(services.LocateProtocol(&guid, nullptr, &interface))) return nullptr;
    return static_cast<Tcg2Protocol*>(interface);
}

// Room for an event: a value of the configuration's, a label before it and a zero behind it.
constinit std::array<std::byte, sizeof(Event) + longest_value + 64> event_room{};

}  // namespace

std::optional<TpmLog> find_tpm_log(EFI_BOOT_SERVICES& services) {
    Tcg2Protocol* tpm = find_protocol(services);
    if (tpm == nullptr) return std::nullopt;
    using enum limine::TpmEventLogFormat;
    for (limine::TpmEventLogFormat format : {tcg_2, tcg_1_2}) {
        EFI_PHYSICAL_ADDRESS start = 0, last = 0;
        BOOLEAN truncated = 0;
        // 6.4: the numbers of the formats are those that PROTOCOL.md has. An address of 0 stands for no event.
        EFI_STATUS status = tpm->get_event_log(tpm, static_cast<UINT32>(format), &start, &last, &truncated);
        if (EFI_ERROR(status) || start == 0) continue;
        return TpmLog{.format = format,
                      .start = PhysAddr(start),
                      .last_event = last == 0 ? std::nullopt : std::optional(PhysAddr(last))};
    }
    return std::nullopt;
}

bool has_tpm(EFI_BOOT_SERVICES& services) {
    Tcg2Protocol* tpm = find_protocol(services);
    Capability capability{};
    capability.size = sizeof capability;
    return tpm != nullptr && !EFI_ERROR(tpm->get_capability(tpm, &capability)) && capability.tpm_present != 0;
}

Status measure(EFI_BOOT_SERVICES& services, const Measurement& measurement) {
    List<std::byte> event(event_room);
    auto append = [&](Bytes bytes) {
        return std::ranges::all_of(bytes, [&](std::byte byte) { return event.push(byte); });
    };
    const std::size_t described = measurement.label.size() + measurement.text.size() + 1;
    const Event header{.size = static_cast<UINT32>(sizeof(Event) + described),
                       .header_size = header_size,
                       .header_version = 1,
                       .pcr = measurement.pcr,
                       .type = initial_program_loader};
    constexpr std::byte end{};
    bool fits = append(std::as_bytes(std::span(&header, 1))) && append(as_bytes(measurement.label)) &&
                append(as_bytes(measurement.text)) && event.push(end);
    ensure(fits, "a measurement's description has room");
    Tcg2Protocol* tpm = find_protocol(services);
    EFI_STATUS status =
        tpm->hash_log_extend_event(tpm, 0, reinterpret_cast<EFI_PHYSICAL_ADDRESS>(measurement.data.data()),
                                   measurement.data.size(), event_room.data());
    // 6.6.4: with a full log the register is extended all the same.
    if (status == EFI_VOLUME_FULL) return {};
    return check(status, "the TPM does not take a measurement");
}

}  // namespace lintel::loader::uefi
