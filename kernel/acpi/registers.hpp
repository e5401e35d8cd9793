// Registers that ACPI's tables describe, wherever they are.
#pragma once

#include <cstdint>

#include "base/result.hpp"
#include "kernel/acpi/contents.hpp"

namespace lintel {

/// Both fail where the register is neither a port nor in memory, or cannot be mapped.
Result<std::uint32_t> read_register(const acpi::RegisterAddress& from);
Status write_register(const acpi::RegisterAddress& to, std::uint32_t value);

}  // namespace lintel
