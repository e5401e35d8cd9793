// gnu-efi's headers do not know this protocol; the section numbers are those of its specification.
#include "loader/uefi/tpm.hpp"

namespace lintel::loader::uefi {
namespace {

constexpr EFI_GUID tcg2_protocol = {0x607f766c, 0x7455, 0x42be, {0x93, 0x0b, 0xe4, 0xd7, 0x6d, 0xb2, 0x72, 0x0f}};

/// 6.2, as far as it is used here.
struct Tcg2Protocol {
    void* get_capability;
    EFI_STATUS(EFIAPI* get_event_log)
    (Tcg2Protocol* self, UINT32 format, EFI_PHYSICAL_ADDRESS* location, EFI_PHYSICAL_ADDRESS* last_entry,
     BOOLEAN* truncated);
};

}  // namespace

std::optional<TpmLog> find_tpm_log(EFI_BOOT_SERVICES& services) {
    EFI_GUID guid = tcg2_protocol;
    void* interface = nullptr;
    if (EFI_ERROR(services.LocateProtocol(&guid, nullptr, &interface))) return std::nullopt;
    auto* tpm = static_cast<Tcg2Protocol*>(interface);
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

}  // namespace lintel::loader::uefi
