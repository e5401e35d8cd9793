// Bounded reads of devices.
#include "loader/core/device.hpp"

#include <algorithm>

#include "base/address.hpp"

namespace lintel::loader {
namespace {

std::unexpected<Error> leaves_the_region() { return fail(ErrorCode::malformed, "a read would leave the volume"); }

}  // namespace

DeviceRegion::DeviceRegion(BlockDevice& device, std::uint64_t offset, std::uint64_t size)
    : device_(&device), offset_(std::min(offset, device.size())), size_(std::min(size, device.size() - offset_)) {}

Status DeviceRegion::read(std::uint64_t offset, MutableBytes into) const {
    if (!has(offset, into.size())) return leaves_the_region();
    return device_->read(offset_ + offset, into);
}

ReadAhead::ReadAhead(MutableBytes room) : room_(room) {
    ensure(room.size() >= least_room, "reading ahead has room for two sectors");
}

bool ReadAhead::has(const BlockDevice& device, std::uint64_t offset, std::size_t length) const {
    return device_ == &device && offset >= offset_ && offset - offset_ <= size_ && length <= size_ - (offset - offset_);
}

Result<Bytes> ReadAhead::peek(const DeviceRegion& region, std::uint64_t offset, std::size_t length) {
    ensure(length <= longest_peek(), "no more is peeked at than there is room for");
    if (!region.has(offset, length)) return leaves_the_region();
    BlockDevice& device = region.device();
    std::uint64_t at = region.offset() + offset;
    if (!has(device, at, length)) {
        std::uint64_t start = align_down(at, sector_size);
        std::uint64_t needed = at - start + length;
        std::uint64_t wanted = std::min<std::uint64_t>(room_.size(), device.size() - start);
        device_ = &device;
        offset_ = start;
        size_ = 0;
        if (device.read(start, room_.first(wanted))) {
            size_ = wanted;
        } else {
            // Reading ahead can run into a bad spot, such as the run-out sectors of a burnt disc.
            TRY(device.read(start, room_.first(needed)));
            size_ = needed;
        }
    }
    return Bytes(room_).subspan(at - offset_, length);
}

Status ReadAhead::copy(const DeviceRegion& region, std::uint64_t offset, MutableBytes into) const {
    if (!region.has(offset, into.size())) return leaves_the_region();
    std::uint64_t at = region.offset() + offset;
    if (!has(region.device(), at, into.size())) return region.read(offset, into);
    std::ranges::copy(Bytes(room_).subspan(at - offset_, into.size()), into.begin());
    return {};
}

}  // namespace lintel::loader
