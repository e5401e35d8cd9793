// The global options of limine.conf (CONFIG.md, "Options").
// Invariant: of several lines with one option, under whichever of its names, the first wins, as with Limine.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "loader/core/appearance.hpp"

namespace lintel::loader {

struct GlobalOptions {
    std::optional<std::uint32_t> timeout = 5000;  // milliseconds; nothing: wait for a person
    std::string_view default_entry = "1";
    bool remember_last_entry = false;
    bool quiet = false;
    bool verbose = false;
    bool serial = true;
    std::uint32_t serial_baudrate = 115200;
    bool hash_mismatch_panic = true;
    bool measured_boot = false;
    std::optional<bool> editor_enabled{};  // nothing: as the loader thinks best
    bool editor_highlighting = true;
    bool editor_validation = true;
    Appearance appearance{};
};

inline constexpr std::size_t global_option_count = 26;

/// Whether `name`, compared without regard to case, is one of a global option that means anything here.
bool is_global_option(std::string_view name);

/// Reads global options into the GlobalOptions that it is given.
class GlobalOptionReader {
public:
    enum class Outcome : std::uint8_t { not_global, taken, wrong_value };

    /// `name` is compared without regard to case. A wrong value changes nothing.
    Outcome read(std::string_view name, std::string_view value, GlobalOptions& to);

private:
    std::array<bool, global_option_count> was_set_{};
};

}  // namespace lintel::loader
