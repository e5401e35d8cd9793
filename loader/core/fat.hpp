// Files on a FAT12, FAT16 or FAT32 volume, with long names (Microsoft, "FAT: General Overview of On-Disk
// Format", 1.03). Invariant: whatever the volume claims, reads stay inside it and every walk ends: a chain of clusters
// that runs in a circle is refused, and a directory is no larger than the format lets it be.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "loader/core/device.hpp"
#include "loader/core/volume.hpp"

namespace lintel::loader {

class Fat final : public Volume {
public:
    /// Fails with not_found where `region` holds no such file system.
    static Result<Fat> open(const DeviceRegion& region, ReadAhead& ahead, const VolumeIdentity& identity);

    /// A name that fits the 8.3 form is found whatever its case, others by their case (CONFIG.md, "Paths").
    Result<OpenFile> open(std::string_view path, NameRule rule) override;
    Status read(const OpenFile& file, std::uint64_t offset, MutableBytes into) override;
    [[nodiscard]] VolumeIdentity identity() const override { return identity_; }
    /// The one in the root directory; empty where there is none.
    [[nodiscard]] std::string_view label() const override { return {label_.data(), label_size_}; }

private:
    enum class Width : std::uint8_t { fat12, fat16, fat32 };

    /// What a directory entry says of a file or directory.
    struct Found {
        std::uint32_t cluster;
        std::uint32_t size;  // bytes; 0 for a directory
        bool is_directory;
    };
    /// Puts a long name together from its entries.
    class LongName;
    /// Where in a file's chain of clusters one is.
    struct Place {
        std::uint32_t first = 0;    // of the chain
        std::uint64_t number = 0;   // of the clusters before it
        std::uint32_t cluster = 0;  // 0: the end of the chain
    };

    Fat(const DeviceRegion& region, ReadAhead& ahead, const VolumeIdentity& identity)
        : region_(region), ahead_(&ahead), identity_(identity) {}

    Status read_boot_sector(Bytes sector);
    Status read_label();
    Result<std::uint32_t> next_cluster(std::uint32_t cluster);
    [[nodiscard]] std::uint64_t offset_of(std::uint32_t cluster) const;
    Status check_chain(std::uint32_t first, std::uint64_t size);
    template <class Visit>
    Status for_each_entry(std::uint32_t directory, Visit visit);
    Result<Found> find(std::uint32_t directory, std::string_view name, NameRule rule);

    DeviceRegion region_;
    ReadAhead* ahead_;
    VolumeIdentity identity_;
    Width width_ = Width::fat12;
    std::uint64_t table_ = 0;         // bytes from the volume's start, like all offsets here
    std::uint64_t root_ = 0;          // the root directory of FAT12 and FAT16, which is no chain
    std::uint64_t root_size_ = 0;     // bytes
    std::uint64_t data_ = 0;          // where cluster 2 starts
    std::uint32_t root_cluster_ = 0;  // 0: the root directory is no chain
    std::uint32_t cluster_size_ = 0;  // bytes
    std::uint32_t last_cluster_ = 0;
    Place place_{};  // where the last read ended
    std::array<char, 11> label_{};
    std::size_t label_size_ = 0;
};

}  // namespace lintel::loader
