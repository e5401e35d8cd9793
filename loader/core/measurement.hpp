// What measured boot leaves with the TPM (Limine's USAGE.md, "Measured Boot"; the registers are those that the UAPI
// group's registry has for boot loaders): names in one register, contents in another.
// Invariant: what is measured is what is used: the bytes in memory, and never the file again.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "loader/core/firmware.hpp"

namespace lintel::loader {

inline constexpr std::uint32_t register_of_names = 8;
inline constexpr std::uint32_t register_of_contents = 9;

/// A name or a command line, which is its own contents.
inline Status measure_text(Firmware& firmware, std::string_view label, std::string_view text) {
    return firmware.measure({register_of_names, as_bytes(text), label, text});
}

/// A file, under the name that the configuration has for it.
inline Status measure_file(Firmware& firmware, std::string_view label, std::string_view name, Bytes contents) {
    TRY(measure_text(firmware, label, name));
    return firmware.measure({register_of_contents, contents, label, name});
}

}  // namespace lintel::loader
