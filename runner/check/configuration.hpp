// Reads a limine.conf with the loader's own code and says what would go wrong: options that nobody knows, files that
// are not there, hashes that are not theirs. Invariant: fixing hashes changes the hashes and nothing else in the text,
// and leaves no half-written file.
#pragma once

#include <string>
#include <string_view>

#include "runner/check/remark.hpp"
#include "runner/host/files.hpp"

namespace lintel::runner {

struct ConfigurationReport {
    Remarks remarks{};
};

/// The folder that boot():/ stands for where nobody says: the one around what the loader searches for a configuration
/// (boot/limine, boot, limine, EFI/BOOT), or the configuration's own.
fs::path root_of(const fs::path& configuration);

/// Checks `text`, with the boot volume's files under `root`.
ConfigurationReport check_configuration(std::string_view text, const fs::path& root);

/// The same for the configuration in `file`; fails where that cannot be read.
Outcome<ConfigurationReport> check_configuration_file(const fs::path& file, const fs::path& root);

/// `text` with the right hash behind each path that names a file under `root`: of the kind that stands there, or
/// BLAKE2b where there is none. Paths that come out of macros stay as they are.
std::string with_hashes(std::string_view text, const fs::path& root);

/// The same for the configuration in `file`, which is replaced as a whole. Fails where it is no configuration.
Outcome<void> fix_hashes(const fs::path& file, const fs::path& root);

}  // namespace lintel::runner
