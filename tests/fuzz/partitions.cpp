// Partition tables.
// The input: a byte for the size of the blocks and whether the checksums of a GPT at the start are mended; then the
// drive.
#include "loader/core/partitions.hpp"

#include <array>

#include "base/crc32.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace lintel::fuzz {
namespace {

using namespace lintel::loader;

class Disk final : public BlockDevice {
public:
    explicit Disk(Bytes content) : content_(content) {}
    Status read(std::uint64_t offset, MutableBytes into) override {
        auto from = slice(content_, offset, into.size());
        ensure(from.has_value(), "reads stay inside the device");
        std::ranges::copy(*from, into.begin());
        return {};
    }
    [[nodiscard]] std::uint64_t size() const override { return content_.size(); }

private:
    Bytes content_;
};

/// What no mutation would hit upon (UEFI 2.10, 5.3.2).
void mend_checksums(MutableBytes disk, std::size_t block) {
    constexpr std::size_t header_crc = 16, header_size = 12, entries_block = 72, entry_count = 80, entries_crc = 88;
    auto put = [&](std::size_t offset, std::uint32_t value) {
        std::memcpy(disk.data() + block + offset, &value, sizeof value);
    };
    if (disk.size() < 2 * block) return;
    auto number = [&](std::size_t offset) { return copy_at<std::uint32_t>(disk, block + offset); };
    std::uint64_t length = std::uint64_t{number(entry_count)} * number(entry_count + 4);
    if (auto entries = slice(disk, std::uint64_t{number(entries_block)} * block, length))
        put(entries_crc, crc32(*entries));
    put(header_crc, 0);
    if (auto header = slice(disk, block, number(header_size))) put(header_crc, crc32(*header));
}

}  // namespace

void try_input(Bytes input) {
    Input rest(input);
    constexpr std::array<std::uint32_t, 3> block_sizes{512, 2048, 4096};
    auto kind = rest.number<std::uint8_t>();
    auto content = copy_of(rest.rest());
    std::uint32_t block_size = block_sizes[kind % 3];
    if ((kind & 0x80) != 0) mend_checksums(content, block_size);
    Disk disk(content);
    std::array<std::byte, 48 << 10> room;
    std::array<Partition, 16> partitions;
    ReadAhead ahead(room);
    auto table =
        read_partitions({.device = &disk, .block_size = block_size, .optical = (kind & 0x40) != 0}, ahead, partitions);
    if (table.trouble) check_error(*table.trouble);
    std::uint32_t last = 0;
    for (const Partition& partition : table.partitions) {
        ensure(partition.index > last, "partitions are in the order of their numbers, from 1");
        last = partition.index;
        ensure(partition.size != 0 && DeviceRegion(disk).has(partition.offset, partition.size),
               "a partition has bytes, and they are on the disk");
    }
}

}  // namespace lintel::fuzz
