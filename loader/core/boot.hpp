// From a chosen entry to a machine that can be handed over: the loader's main list of steps, the same for every
// adapter.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "arch/enter.hpp"
#include "base/result.hpp"
#include "loader/core/firmware.hpp"
#include "loader/core/volume.hpp"

namespace lintel::loader {

struct Module {
    std::string_view path;  // within the volume
    std::string_view string;
};

/// A configuration entry that the `limine` protocol can boot, its paths resolved to one volume.
struct BootPlan {
    std::string_view path;          // of the executable within the volume, with a leading slash
    std::string_view command_line;  // empty where the entry has none
    std::optional<Resolution> resolution{};
    std::span<const Module> modules{};
};

/// Reads and checks the executable, places it and everything that the protocol promises it in memory, ends the
/// firmware's part, and gives what arch::enter() needs. Up to Firmware::finish() an error leaves the firmware alive.
Result<arch::HandOver> prepare(Firmware& firmware, Volume& volume, const BootPlan& plan);

}  // namespace lintel::loader
