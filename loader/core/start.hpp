// From power to the executable's first instruction, whatever the machine: the steps that every adapter takes.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/blake2b.hpp"
#include "base/result.hpp"
#include "loader/core/applications.hpp"
#include "loader/core/configuration.hpp"
#include "loader/core/console.hpp"
#include "loader/core/firmware.hpp"
#include "loader/core/volume.hpp"

namespace lintel::loader {

/// What an adapter brings.
struct Machine {
    Firmware& firmware;
    Console& console;
    Volumes& volumes;
    std::span<const std::string_view> application_folders{};  // as find_configuration() takes them
    Platform platform{};
    Applications* applications = nullptr;   // null where the firmware has none
    std::optional<Blake2bHash> enrolled{};  // the hash that the configuration must have
    bool secure_boot = false;               // whether the firmware starts nothing that is not signed
};

/// Boots the entry that the configuration or a person chooses. Comes back only with an error.
Status start(Machine machine);

}  // namespace lintel::loader
