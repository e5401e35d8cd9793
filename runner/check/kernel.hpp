// Reads a kernel with the loader's own core and says, before any boot, what would go wrong.
// Invariant: no file, however broken, makes a check crash or hang; what the loader would refuse is an error here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "runner/check/remark.hpp"
#include "runner/host/files.hpp"

namespace lintel::runner {

/// A request that a loader will see.
struct ListedRequest {
    std::string feature;  // "Memory Map"; in hexadecimal where nobody knows it
    std::uint64_t revision;
    Spot spot;
};

struct KernelReport {
    std::optional<std::uint64_t> base_revision{};  // as the tag says
    std::vector<ListedRequest> requests{};
    Remarks remarks{};
};

/// Whether `bytes` start as an ELF file does.
bool is_elf(std::string_view bytes);

/// Checks the ELF file `bytes`. Its debug information is read from `file`, where there is a name.
KernelReport check_kernel(std::string_view bytes, const fs::path& file = {});

/// The same for the kernel in `file`; fails where that cannot be read or is no ELF file.
Outcome<KernelReport> check_kernel_file(const fs::path& file);

}  // namespace lintel::runner
