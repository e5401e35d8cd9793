// Device paths, as far as the loader walks them (UEFI 2.10, 10.3): a list of nodes with a length each.
// Invariant: a walk ends at the end node, or at a node too short to be one, and never runs past 4 KiB.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "loader/uefi/uefi.hpp"

namespace lintel::loader::uefi {

/// A part of a drive, in bytes.
struct Stretch {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};

/// A copy of a device path, bounded, without its end node.
class DevicePath {
public:
    /// Nothing where there is no path or it is malformed or too long.
    static std::optional<DevicePath> copy_of(const EFI_DEVICE_PATH* path);

    /// Calls `visit(type, subtype, bytes of the whole node)` for each node before the end.
    template <class Visit>
    void for_each(Visit visit) const {
        for (std::size_t at = 0; at < size_;) {
            Bytes node = node_at(at);
            visit(std::to_integer<unsigned>(node[0]), std::to_integer<unsigned>(node[1]), node);
            at += node.size();
        }
    }

    /// The drive that this device is a partition of, or of a partition of: without the media nodes at the end.
    [[nodiscard]] DevicePath drive() const;

    /// Puts the path of a file on this device, with '/' between names, behind it, and ends the whole; no walk is
    /// possible any more. Fails where it is too long.
    Status end_with_file(std::string_view path);

    /// For the firmware, once it is ended.
    EFI_DEVICE_PATH* wire() { return reinterpret_cast<EFI_DEVICE_PATH*>(bytes_.data()); }

    [[nodiscard]] bool is_same_as(const DevicePath& other) const;

    /// Where on its drive, which has blocks of that size, the device lies; empty where it is no partition of one.
    [[nodiscard]] Stretch place_on_drive(std::uint32_t block_size) const;

private:
    [[nodiscard]] Bytes node_at(std::size_t at) const;

    std::array<std::byte, 4096> bytes_{};
    std::size_t size_ = 0;  // without the end node
};

}  // namespace lintel::loader::uefi
