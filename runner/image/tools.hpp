// The programs that make images, and what keeps their work the same on every machine.
// Invariant: they see one time zone, one language, no configuration of the person's, and image_date() as the time.
#pragma once

#include <string_view>
#include <vector>

#include "runner/host/files.hpp"

namespace lintel::runner {

inline constexpr std::uintmax_t sector = 512;  // bytes

/// The moment that every date in an image names: SOURCE_DATE_EPOCH where it is set, otherwise a fixed one. In seconds
/// since 1970, never before 1980, where the FAT file system's dates begin. Fails where the variable is no such number.
Outcome<std::uint64_t> image_date();

/// The same as xorriso writes it: YYYYMMDDhhmmsscc, in UTC.
std::string xorriso_date(std::uint64_t seconds);

/// Runs a program to its end; `task` ("make the ISO") and Debian's `package` are for the failure's sentence. It reads
/// `input` as its standard input.
Outcome<void> run_tool(std::vector<std::string> arguments, std::string_view task, std::string_view package,
                       const fs::path& input = "/dev/null");

}  // namespace lintel::runner
