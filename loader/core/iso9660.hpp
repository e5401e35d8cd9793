// Files on an ISO 9660 disc (ECMA-119), with Rock Ridge names where it has them (RRIP 1.12 over SUSP 1.12), or those of
// Joliet. Firmware knows FAT only, and the kernel is beside it on the disc.
// Invariant: whatever the disc claims, reads stay inside the device and every walk ends: a lookup goes through each
// directory of the path once, forwards, and a directory of absurd size is refused.
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

class Iso9660 final : public Volume {
public:
    /// ECMA-119, 6.1.2.
    static constexpr std::size_t sector_size = 2048;

    /// Fails with not_found where `region` holds no such file system.
    static Result<Iso9660> open(const DeviceRegion& region, ReadAhead& ahead,
                                const VolumeIdentity& identity = {.media = limine::MediaType::optical});

    Result<OpenFile> open(std::string_view path, NameRule rule) override;
    Status read(const OpenFile& file, std::uint64_t offset, MutableBytes into) override;
    [[nodiscard]] VolumeIdentity identity() const override { return identity_; }
    [[nodiscard]] std::string_view label() const override { return {label_.data(), label_size_}; }

private:
    /// Where a file or directory lies.
    struct Extent {
        std::uint64_t offset = 0;  // bytes from the device's start
        std::uint64_t size = 0;    // bytes
    };

    /// A directory record, as far as lookups need it (ECMA-119, 9.1).
    struct Record;
    /// A record's Rock Ridge name and what else its system use area says.
    struct RockRidge;

    /// How the names in a tree of directories are written.
    enum class Names : std::uint8_t { plain, rock_ridge, joliet };

    /// One of the disc's trees of directories.
    struct Tree {
        Extent root{};
        Names names = Names::plain;
    };

    Iso9660(const DeviceRegion& region, ReadAhead& ahead, const VolumeIdentity& identity)
        : region_(region), ahead_(&ahead), identity_(identity) {}

    Status read_descriptors();
    Status read_primary(Bytes descriptor);
    Status detect_rock_ridge();
    Result<Bytes> peek(std::uint64_t offset, std::size_t length);
    Status copy(std::uint64_t offset, MutableBytes into);
    Result<Record> parse_record(Bytes raw) const;
    Status read_system_use(Bytes area, RockRidge& into);
    Result<std::optional<Record>> match(Bytes raw, Names names, std::string_view name, NameRule rule);
    Result<Record> find(const Extent& directory, Names names, std::string_view name, NameRule rule);
    Result<OpenFile> open_in(const Tree& tree, std::string_view path, NameRule rule);

    DeviceRegion region_;
    ReadAhead* ahead_;
    VolumeIdentity identity_;
    std::uint32_t block_size_ = 0;
    Tree primary_{};
    std::optional<Tree> joliet_{};
    std::uint8_t system_use_skip_ = 0;  // bytes before the first entry of Rock Ridge
    std::array<char, 32> label_{};
    std::size_t label_size_ = 0;
};

}  // namespace lintel::loader
