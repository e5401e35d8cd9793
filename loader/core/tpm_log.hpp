// The TPM's event log as the firmware keeps it (TCG PC Client Platform Firmware Profile 1.05, chapter 10): where it
// ends. Invariant: events are stepped over within readable memory, and what comes back lies in it.
#pragma once

#include <optional>

#include "base/address.hpp"
#include "base/bytes.hpp"
#include "base/physical_memory.hpp"
#include "loader/core/firmware.hpp"

namespace lintel::loader {

/// All events of the log, the last one included, whose end the firmware does not tell. Empty where there is no event;
/// nothing where the log makes no sense, or has more than 16 MiB.
std::optional<Bytes> find_events(PhysicalMemory memory, const TpmLog& log);

}  // namespace lintel::loader
