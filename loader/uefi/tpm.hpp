// The TPM, as far as the firmware gives access to it: its event log, and measurements (TCG EFI Protocol Specification,
// family 2.0, revision 00.13).
#pragma once

#include <optional>

#include "loader/core/firmware.hpp"
#include "loader/uefi/uefi.hpp"

namespace lintel::loader::uefi {

/// The log in the newest form that the firmware has; nothing where there is no TPM, or no log.
std::optional<TpmLog> find_tpm_log(EFI_BOOT_SERVICES& services);

/// Whether there is a TPM that works.
bool has_tpm(EFI_BOOT_SERVICES& services);

/// Extends a register, in all banks of the TPM's, and adds an event to the log. Only where has_tpm().
Status measure(EFI_BOOT_SERVICES& services, const Measurement& measurement);

}  // namespace lintel::loader::uefi
