// The fonts that are built in, as PSF files: Terminus, from Debian's console-setup-linux.
#pragma once

#include "base/bytes.hpp"

namespace lintel::fonts {

/// 8x16: ASCII, Latin-1, arrows, box drawing and blocks.
Bytes text();

/// 16x32, bold: ASCII.
Bytes title();

}  // namespace lintel::fonts
