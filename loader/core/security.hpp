// How much the loader is to be trusted with by what it reads.
// Invariant: what Secure Boot demands, no configuration can take back.
#pragma once

#include <cstdint>

#include "loader/core/global_options.hpp"

namespace lintel::loader {

enum class Security : std::uint8_t {
    open,      // any configuration will do
    enrolled,  // one configuration, by its hash
    strict,    // the same under Secure Boot: and through it, each file by its own
};

/// Limine's USAGE.md, "Secure Boot": it makes the rules strict where a hash is enrolled, and without one changes
/// nothing.
constexpr Security security_of(bool secure_boot, bool has_enrolled_hash) {
    if (!has_enrolled_hash) return Security::open;
    return secure_boot ? Security::strict : Security::enrolled;
}

/// What is left of the options under that much security.
constexpr void tighten(GlobalOptions& options, Security security) {
    // CONFIG.md, "Editor control options": the editor could change what the hash was to protect.
    if (!options.editor_enabled || security == Security::strict) options.editor_enabled = security == Security::open;
    if (security != Security::strict) return;
    options.hash_mismatch_panic = true;
    options.measured_boot = true;
}

}  // namespace lintel::loader
