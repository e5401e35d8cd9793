// The GUID partition table (UEFI 2.10, 5.3).
// Invariant: no field of a header or an entry is believed before its checksum was.
#pragma once

#include "base/list.hpp"
#include "base/result.hpp"
#include "loader/core/device.hpp"
#include "loader/core/partitions.hpp"

namespace lintel::loader {

/// Adds the partitions of the drive's GPT, or of its backup where the first one is damaged, to `partitions`, and gives
/// the disk's GUID. Whether there is a GPT at all, the MBR says. Fails with malformed where both are damaged.
Result<limine::Uuid> read_gpt(const Drive& drive, ReadAhead& ahead, List<Partition>& partitions);

}  // namespace lintel::loader
