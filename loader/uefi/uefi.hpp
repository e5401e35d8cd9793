// The one place where UEFI's own types come in (gnu-efi's headers), and the few helpers that every part of this
// adapter needs. Invariant: nothing outside loader/uefi/ includes this file.
#pragma once

#include <efi.h>

#include <span>

#include "base/address.hpp"
#include "base/result.hpp"

namespace lintel::loader::uefi {

/// An EFI status as one of ours; `text` says what was attempted.
inline Status check(EFI_STATUS status, Literal text) {
    if (!EFI_ERROR(status)) return {};
    // The number as UEFI 2.10, appendix D lists it, without the bit that marks errors.
    return fail(ErrorCode::device, text, "EFI error", status & ~EFIERR(0));
}

/// The interface that `handle` has for `guid`; null where it has none.
template <class Protocol>
Protocol* protocol(EFI_BOOT_SERVICES& services, EFI_HANDLE handle, EFI_GUID guid) {
    void* interface = nullptr;
    if (EFI_ERROR(services.HandleProtocol(handle, &guid, &interface))) return nullptr;
    return static_cast<Protocol*>(interface);
}

/// All handles that have an interface for `guid`. The array is the firmware's and stays until boot services end.
inline std::span<EFI_HANDLE> handles(EFI_BOOT_SERVICES& services, EFI_GUID guid) {
    UINTN count = 0;
    EFI_HANDLE* list = nullptr;
    if (EFI_ERROR(services.LocateHandleBuffer(ByProtocol, &guid, nullptr, &count, &list))) return {};
    return {list, count};
}

}  // namespace lintel::loader::uefi
