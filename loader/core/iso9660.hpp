// Files on an ISO 9660 disc (ECMA-119), with Rock Ridge names where it has them (RRIP 1.12 over SUSP 1.12). Firmware
// knows FAT only, and the kernel is beside it on the disc.
// Invariant: whatever the disc claims, reads stay inside the device and every walk ends: a lookup goes through each
// directory of the path once, forwards, and a directory of absurd size is refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "loader/core/volume.hpp"

namespace lintel::loader {

class Iso9660 final : public Volume {
public:
    /// ECMA-119, 6.1.2.
    static constexpr std::size_t sector_size = 2048;

    /// Fails with not_found where `device` holds no such file system. `window`, of two sectors at least, keeps what was
    /// last read of directories: with 64 KiB, most discs have all of theirs in one read, and each read of a disc is
    /// slow.
    static Result<Iso9660> open(BlockDevice& device, MutableBytes window,
                                VolumeIdentity identity = {.media = limine::MediaType::optical});

    Result<OpenFile> open(std::string_view path, NameRule rule) override;
    Status read(const OpenFile& file, std::uint64_t offset, MutableBytes into) override;
    [[nodiscard]] VolumeIdentity identity() const override { return identity_; }

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

    Iso9660(BlockDevice& device, MutableBytes window, const VolumeIdentity& identity)
        : device_(&device), window_(window), identity_(identity) {}

    Status read_descriptor();
    Status detect_rock_ridge();
    [[nodiscard]] bool window_has(std::uint64_t offset, std::size_t length) const;
    Result<Bytes> peek(std::uint64_t offset, std::size_t length);
    Status copy(std::uint64_t offset, MutableBytes into);
    Result<Record> parse_record(Bytes raw) const;
    Status read_system_use(Bytes area, RockRidge& into);
    Result<std::optional<Record>> match(Bytes raw, std::string_view name, NameRule rule);
    Result<Record> find(const Extent& directory, std::string_view name, NameRule rule);

    BlockDevice* device_;
    MutableBytes window_;
    std::uint64_t window_offset_ = 0;
    std::size_t window_size_ = 0;  // how much of it holds what the device has
    VolumeIdentity identity_;
    std::uint32_t block_size_ = 0;
    Extent root_{};
    std::optional<std::uint8_t> system_use_skip_{};  // bytes before the first entry; nothing: no Rock Ridge
};

}  // namespace lintel::loader
