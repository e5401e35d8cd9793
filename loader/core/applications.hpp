// What the core asks of a firmware that can start applications ("EFI Chainload protocol" in CONFIG.md).
// Invariant: as with Firmware, no type of its own appears here.
#pragma once

#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "loader/core/volume.hpp"

namespace lintel::loader {

/// A program that was read, and what it gets to know about itself.
struct Application {
    const Volume* volume;
    std::string_view path;  // within the volume, with a leading slash
    MutableBytes file;
    std::string_view command_line;
};

class Applications {
public:
    /// Comes back only with an error: also when the application comes back.
    virtual Status start(const Application& application) = 0;

protected:
    ~Applications() = default;
};

}  // namespace lintel::loader
