// The TPM's event log, as the firmware keeps it (TCG EFI Protocol Specification, family 2.0, revision 00.13).
#pragma once

#include <optional>

#include "loader/core/firmware.hpp"
#include "loader/uefi/uefi.hpp"

namespace lintel::loader::uefi {

/// The log in the newest form that the firmware has; nothing where there is no TPM, or no log.
std::optional<TpmLog> find_tpm_log(EFI_BOOT_SERVICES& services);

}  // namespace lintel::loader::uefi
