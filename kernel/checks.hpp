// Whether this build of the kernel checks itself: its locks, its heap. What a check costs a release build does not pay.
#pragma once

namespace lintel {

#ifdef LINTEL_CHECKS
inline constexpr bool checks = true;
#else
inline constexpr bool checks = false;
#endif

}  // namespace lintel
