// A raw disk: a GUID partition table with an EFI system partition that holds the whole volume. With the real Limine
// also a BIOS boot partition, so that the disk starts either way.
// Invariant: every GUID and serial number in it follows from what is on it.
#pragma once

#include "runner/image/loader_choice.hpp"

namespace lintel::runner {

/// Makes `output` from the staged tree `root`. `limine` makes it start under BIOS, too.
Outcome<void> make_disk(const fs::path& root, const LimineFiles* limine, const fs::path& output);

}  // namespace lintel::runner
