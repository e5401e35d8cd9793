// Drives, stretches of them, and what was last read of one.
// Invariant: whatever a disk claims about itself, no read leaves the region that it is made through.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace lintel::loader {

/// Bytes at offsets, from an adapter.
class BlockDevice {
public:
    /// Fills `into` from byte `offset` on; any offset, any length. Fails where the range ends outside the device.
    virtual Status read(std::uint64_t offset, MutableBytes into) = 0;
    [[nodiscard]] virtual std::uint64_t size() const = 0;  // bytes

protected:
    ~BlockDevice() = default;
};

/// A drive with a medium in it.
struct Drive {
    BlockDevice* device = nullptr;
    std::uint32_t block_size = 512;  // bytes
    bool optical = false;
};

/// A stretch of a device: a partition, or all of it.
class DeviceRegion {
public:
    explicit DeviceRegion(BlockDevice& device) : device_(&device), size_(device.size()) {}
    /// What of the stretch the device does not have is cut off.
    DeviceRegion(BlockDevice& device, std::uint64_t offset, std::uint64_t size);

    /// As BlockDevice::read().
    Status read(std::uint64_t offset, MutableBytes into) const;
    [[nodiscard]] bool has(std::uint64_t offset, std::uint64_t length) const {
        return offset <= size_ && length <= size_ - offset;
    }
    [[nodiscard]] BlockDevice& device() const { return *device_; }
    [[nodiscard]] std::uint64_t offset() const { return offset_; }  // on the device, in bytes
    [[nodiscard]] std::uint64_t size() const { return size_; }      // bytes
    friend bool operator==(const DeviceRegion&, const DeviceRegion&) = default;

private:
    BlockDevice* device_;
    std::uint64_t offset_ = 0;
    std::uint64_t size_;
};

/// Keeps what was last read of a device: directories and tables lie close together, and each read of a device is slow.
/// One serves all file systems, since they are read one after the other.
class ReadAhead {
public:
    /// A peek can start anywhere in a sector of this size, and be that long with the room at its least.
    static constexpr std::size_t sector_size = 2048;
    static constexpr std::size_t least_room = 2 * sector_size;

    explicit ReadAhead(MutableBytes room);

    /// How much peek() can give at once.
    [[nodiscard]] std::size_t longest_peek() const { return room_.size() - sector_size; }

    /// `length` bytes at `offset` of `region`; valid until the next call.
    Result<Bytes> peek(const DeviceRegion& region, std::uint64_t offset, std::size_t length);

    /// The same into memory of the caller's. What is not there already is read alone: to move the room back and forth
    /// for scattered pieces would read it over and over.
    Status copy(const DeviceRegion& region, std::uint64_t offset, MutableBytes into) const;

private:
    [[nodiscard]] bool has(const BlockDevice& device, std::uint64_t offset, std::size_t length) const;

    MutableBytes room_;
    const BlockDevice* device_ = nullptr;
    std::uint64_t offset_ = 0;
    std::size_t size_ = 0;  // how much of the room holds what the device has
};

}  // namespace lintel::loader
