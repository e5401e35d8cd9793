// Where limine.conf is looked for (CONFIG.md, "Location of the config file").
// Invariant: the first volume that has a candidate wins, and on it the first candidate in the documented order.
#pragma once

#include <span>
#include <string_view>

#include "base/result.hpp"
#include "base/text.hpp"
#include "loader/core/volume.hpp"

namespace lintel::loader {

struct FoundConfiguration {
    Volume* volume = nullptr;
    OpenFile file{};
    TextBuffer<256> path{};  // as it was looked for; the volume may spell it in another case
};

/// Looks through `volumes` in order, and makes the one that has the file that of `boot():/`. `folders` are tried before
/// the usual ones: where the loader itself lies, such as "/EFI/BOOT", or where it usually does. A volume that cannot be
/// read does not keep the others from being searched; its error is what comes back when none has the file.
Result<FoundConfiguration> find_configuration(Volumes& volumes, std::span<const std::string_view> folders);

}  // namespace lintel::loader
