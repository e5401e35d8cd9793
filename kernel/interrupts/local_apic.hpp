// The local APICs: through them a processor takes interrupts.
#pragma once

#include "base/result.hpp"

namespace lintel {

/// Brings up that of the processor that boots. Fails where it has none, or where its registers cannot be mapped.
Status open_local_apic();

/// The same on each further processor, after open_local_apic().
void join_local_apic();

}  // namespace lintel
