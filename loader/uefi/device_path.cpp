#include "loader/uefi/device_path.hpp"

#include <algorithm>
#include <cstring>

#include "base/bytes.hpp"

namespace lintel::loader::uefi {
namespace {

constexpr std::size_t header = 4;  // type, subtype, 16 bits of length

// Media device paths (UEFI 2.10, 10.3.5).
constexpr unsigned type_media = 4;
constexpr unsigned media_hard_drive = 1;
constexpr unsigned media_cd_rom = 2;

std::size_t length_of(const std::byte* node) {
    return std::to_integer<std::size_t>(node[2]) | std::to_integer<std::size_t>(node[3]) << 8;
}

}  // namespace

std::optional<DevicePath> DevicePath::copy_of(const EFI_DEVICE_PATH* path) {
    if (path == nullptr) return std::nullopt;
    DevicePath copy;
    // Safety: the firmware keeps the path well-formed; each node's length is checked before it is read or stepped over.
    const auto* at = reinterpret_cast<const std::byte*>(path);
    while (std::to_integer<unsigned>(at[0]) != 0x7f) {
        std::size_t length = length_of(at);
        if (length < header || copy.size_ + length > copy.bytes_.size()) return std::nullopt;
        std::memcpy(copy.bytes_.data() + copy.size_, at, length);
        copy.size_ += length;
        at += length;
    }
    return copy;
}

Bytes DevicePath::node_at(std::size_t at) const { return Bytes(bytes_).subspan(at, length_of(bytes_.data() + at)); }

DevicePath DevicePath::drive() const {
    DevicePath shorter = *this;
    std::size_t end_of_device = 0, at = 0;
    for_each([&](unsigned type, unsigned, Bytes node) {
        at += node.size();
        if (type != type_media) end_of_device = at;
    });
    shorter.size_ = end_of_device;
    return shorter;
}

bool DevicePath::is_same_as(const DevicePath& other) const {
    return std::ranges::equal(Bytes(bytes_).first(size_), Bytes(other.bytes_).first(other.size_));
}

VolumeIdentity identity_of(const DevicePath& path) {
    VolumeIdentity identity;
    path.for_each([&](unsigned type, unsigned subtype, Bytes node) {
        if (type != type_media) return;
        if (subtype == media_cd_rom) identity.media = limine::MediaType::optical;
        if (subtype != media_hard_drive || node.size() < 42) return;
        identity.partition_index = *read_at<std::uint32_t>(node, 4);
        auto signature_type = std::to_integer<unsigned>(node[41]);
        if (signature_type == 1) identity.mbr_disk_id = *read_at<std::uint32_t>(node, 24);
        if (signature_type == 2) identity.gpt_partition = *read_at<limine::Uuid>(node, 24);
    });
    return identity;
}

}  // namespace lintel::loader::uefi
