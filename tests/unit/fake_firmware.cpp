// The fake machine's memory, and its volume.
// Invariant: an allocation is a memory region of its own in the final map, as with a firmware that never merges any.
#include "fake_firmware.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace lintel::loader {

FakeFirmware::FakeFirmware() : buffer_(static_cast<std::byte*>(std::aligned_alloc(large_page_size, size))) {
    // Memory is what somebody left there; allocate() promises zeroes.
    std::memset(buffer_.get(), 0xa5, size);
}

void FakeFirmware::Release::operator()(std::byte* buffer) const { std::free(buffer); }

DirectMap FakeFirmware::memory() const { return DirectMap(reinterpret_cast<std::uint64_t>(buffer_.get()) - base); }

Result<PhysAddr> FakeFirmware::allocate(std::uint64_t bytes, Contents contents) {
    EXPECT_FALSE(finished_) << "memory was taken from a firmware that is gone";
    std::uint64_t rounded = align_up(bytes, page_size);
    if (rounded > memory_left || rounded > largest_hole || rounded > base + size - next_)
        return fail(ErrorCode::out_of_memory, "the fake memory is used up");
    memory_left -= rounded;
    PhysAddr place(next_);
    next_ += rounded;
    allocations_.push_back({place, rounded});
    if (contents == Contents::zeroed) std::memset(memory().pointer<std::byte>(place), 0, rounded);
    return place;
}

Result<PhysAddr> FakeFirmware::allocate_low(std::uint64_t bytes) {
    low_memory_taken += bytes;
    return allocate(bytes, Contents::zeroed);
}

std::span<const Display> FakeFirmware::displays(std::optional<Resolution> wanted) {
    resolution_wanted = wanted;
    return screens;
}

PhysAddr FakeFirmware::regions_end() {
    PhysAddr end = memory_end();
    for (const MemoryRegion& region : more_regions) end = std::max(end, region.base + region.length);
    return end;
}

Result<EfiMap> FakeFirmware::finish(List<MemoryRegion>& regions) {
    EfiMap efi;
    if (has_efi_map) {
        efi_map_ = allocate(page_size)->value();
        efi = {.descriptors = Bytes(&at<std::byte>(efi_map_), 96), .descriptor_size = 48, .descriptor_version = 1};
    }
    finished_ = true;
    bool room = regions.push({PhysAddr(next_), base + size - next_, limine::MemoryType::usable});
    for (const Range& range : allocations_)
        room = room && regions.push({range.base, range.length, limine::MemoryType::bootloader_reclaimable});
    for (const MemoryRegion& region : more_regions) room = room && regions.push(region);
    if (!room) return fail(ErrorCode::device, "no room for the memory map");
    return efi;
}

void FakeFirmware::write(std::uint64_t address, Bytes bytes) {
    std::ranges::copy(bytes, memory().pointer<std::byte>(PhysAddr(address)));
}

Result<OpenFile> FakeVolume::open(std::string_view path, NameRule) {
    for (std::size_t i = 0; i < files_.size(); ++i)
        if (files_[i].first == path) return OpenFile{.size = files_[i].second.size(), .location = i};
    return fail(ErrorCode::not_found, "there is no such file", path);
}

Status FakeVolume::read(const OpenFile& file, std::uint64_t offset, MutableBytes into) {
    auto bytes = slice(files_[file.location].second, offset, into.size());
    if (!bytes) return fail(ErrorCode::malformed, "a read beyond the end of the file");
    std::ranges::copy(*bytes, into.begin());
    return {};
}

}  // namespace lintel::loader
