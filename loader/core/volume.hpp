// What the loader reads files from.
// Invariant: a volume never writes, and whatever it claims about itself, a read stays inside it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "loader/core/path.hpp"
#include "protocol/wire.hpp"

namespace lintel::loader {

/// How names are compared (CONFIG.md, "Paths"): as the file system's own rule says, or without regard to case,
/// which is how the configuration itself is looked for.
enum class NameRule : std::uint8_t { of_the_volume, any_case };

/// A file that a volume found. What `location` means is the volume's own affair.
struct OpenFile {
    std::uint64_t size = 0;  // bytes
    std::uint64_t location = 0;
};

/// What limine::File says about where a file came from (PROTOCOL.md, "File Structure").
struct VolumeIdentity {
    limine::MediaType media = limine::MediaType::generic;
    std::uint32_t partition_index = 0;  // 1-based; 0: unpartitioned
    std::uint32_t mbr_disk_id = 0;
    limine::Uuid gpt_disk{};
    limine::Uuid gpt_partition{};
    limine::Uuid filesystem{};
};

class Volume {
public:
    /// The file at `path`, which starts with '/' and has '/' between names. Fails with not_found, or says what is
    /// wrong with the volume.
    virtual Result<OpenFile> open(std::string_view path, NameRule rule) = 0;

    /// Fills `into` from byte `offset` of the file on. Fails where that is more than the file has.
    virtual Status read(const OpenFile& file, std::uint64_t offset, MutableBytes into) = 0;

    [[nodiscard]] virtual VolumeIdentity identity() const = 0;

    /// The file system's own name, for `fslabel()`; empty where it has none.
    [[nodiscard]] virtual std::string_view label() const { return {}; }

protected:
    ~Volume() = default;
};

/// All volumes that a machine has.
class Volumes {
public:
    /// The volume that `path` is on, by its resource and argument. It stays open. Says what is missing otherwise.
    virtual Result<Volume*> find(const Path& path) = 0;

    /// How many places the configuration is looked for in, and the volume in one of them, by the order of the search.
    /// Fails with not_found where there is no file system.
    virtual std::size_t candidate_count() = 0;
    virtual Result<Volume*> candidate(std::size_t index) = 0;

    /// Makes the volume at that place the one that `boot():/` is. Before, the first one is.
    virtual void settle_on(std::size_t candidate) = 0;

protected:
    ~Volumes() = default;
};

}  // namespace lintel::loader
