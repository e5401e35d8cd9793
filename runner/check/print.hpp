// Remarks as text for people and as JSON for programs.
// Invariant: both have the same remarks, in the same order, under the same names.
#pragma once

#include <string>

#include "runner/check/configuration.hpp"
#include "runner/check/kernel.hpp"
#include "runner/host/colour.hpp"

namespace lintel::runner {

/// Each remark with its places and its advice; nothing for none.
std::string text_of(const Remarks& remarks, const Palette& palette);

/// The whole report: what was found in the kernel, the remarks, and a last line that sums up.
std::string text_of(const KernelReport& report, const fs::path& file, const Palette& palette);
std::string text_of(const ConfigurationReport& report, const fs::path& file, const Palette& palette);

/// One object, with the end of the line.
std::string json_of(const KernelReport& report, const fs::path& file);
std::string json_of(const ConfigurationReport& report, const fs::path& file);

}  // namespace lintel::runner
