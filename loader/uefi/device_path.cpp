#include "loader/uefi/device_path.hpp"

#include <algorithm>
#include <cstring>

#include "base/bytes.hpp"
#include "base/checked.hpp"
#include "loader/uefi/utf16.hpp"

namespace lintel::loader::uefi {
namespace {

constexpr std::size_t header = 4;  // type, subtype, 16 bits of length

// Media device paths (UEFI 2.10, 10.3.5).
constexpr unsigned type_media = 4;
constexpr unsigned media_hard_drive = 1;
constexpr unsigned media_cd_rom = 2;
constexpr unsigned media_file = 4;
constexpr std::uint64_t cd_rom_block = 2048;  // bytes

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

Status DevicePath::end_with_file(std::string_view path) {
    constexpr std::size_t end_node = 4;
    std::array<char16_t, 1024> name{};
    std::size_t units = TRY(encode_utf16(path, name));
    std::replace(name.begin(), name.begin() + units, u'/', u'\\');
    std::size_t length = header + units * sizeof(char16_t);
    if (size_ + length + end_node > bytes_.size())
        return fail(ErrorCode::unsupported, "the path is too long for the firmware", path);
    std::byte* at = bytes_.data() + size_;
    at[0] = std::byte{type_media};
    at[1] = std::byte{media_file};
    at[2] = std::byte(length);
    at[3] = std::byte(length >> 8);
    std::memcpy(at + header, name.data(), units * sizeof(char16_t));
    // The end of the whole path (UEFI 2.10, 10.3.1).
    constexpr std::array end{std::byte{0x7f}, std::byte{0xff}, std::byte{end_node}, std::byte{0}};
    std::ranges::copy(end, at + length);
    return {};
}

bool DevicePath::is_same_as(const DevicePath& other) const {
    return std::ranges::equal(Bytes(bytes_).first(size_), Bytes(other.bytes_).first(other.size_));
}

Stretch DevicePath::place_on_drive(std::uint32_t block_size) const {
    Stretch place;
    for_each([&](unsigned type, unsigned subtype, Bytes node) {
        if (type != type_media || node.size() < 24) return;
        // Both nodes start alike: a number, then the first block and how many there are.
        std::uint64_t unit = subtype == media_hard_drive ? block_size : subtype == media_cd_rom ? cd_rom_block : 0;
        auto offset = checked_multiply(copy_at<std::uint64_t>(node, 8), unit);
        auto size = checked_multiply(copy_at<std::uint64_t>(node, 16), unit);
        if (unit != 0 && offset && size) place = {.offset = *offset, .size = *size};
    });
    return place;
}

}  // namespace lintel::loader::uefi
