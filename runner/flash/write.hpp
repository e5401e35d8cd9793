// Writes an image to a device and reads it back.
// Invariant: the device is held exclusively from the last check to the end.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "runner/host/files.hpp"

namespace lintel::runner {

enum class Progress { writing, comparing };

/// Told now and then how many bytes are done; false ends the work.
using Report = std::function<bool(Progress what, std::uint64_t done)>;

/// Opens the device for nobody else; the Linux kernel refuses that while anything of it is mounted.
Outcome<Descriptor> claim(const fs::path& device);

/// Writes `image` from the device's first byte on, and clears the copy of an older partition table at its end
/// (`device_size` bytes). Then reads all of it back from the medium and compares. False where `report` ended it.
Outcome<bool> write_and_compare(const fs::path& image, int device, std::uint64_t device_size, const Report& report);

}  // namespace lintel::runner
