#include "loader/direct/pci_resources.hpp"

#include <gtest/gtest.h>

#include <array>

namespace lintel::loader::direct {
namespace {

/// Configuration space whose base address registers show their size as real ones do.
class FakeFunction {
public:
    explicit FakeFunction(std::uint32_t header_type = 0) { registers_[0x0c / 4] = header_type << 16; }

    void has_memory(unsigned bar, std::uint32_t size, std::uint32_t flags = 0) {
        make(bar, ~(size - 1) & ~0xfU, flags);
    }
    void has_wide_memory(unsigned bar, std::uint32_t size) {
        has_memory(bar, size, 0x4);
        writable_[bar_at(bar) / 4 + 1] = ~0U;
    }
    void has_io(unsigned bar, std::uint32_t size) { make(bar, ~(size - 1) & 0xfffcU, 1); }

    std::uint32_t read(unsigned offset) const { return registers_.at(offset / 4); }
    void write(unsigned offset, std::uint32_t value) {
        if (offset >= 0x10 && offset < 0x28) {
            written_while_answering = written_while_answering || (command() & 3) != 0;
            value = (value & writable_.at(offset / 4)) | flags_.at(offset / 4);
        }
        registers_.at(offset / 4) = value;
    }

    std::uint32_t bar(unsigned number) const { return read(bar_at(number)); }
    std::uint32_t command() const { return read(4) & 0xffff; }
    static constexpr unsigned bar_at(unsigned number) { return 0x10 + 4 * number; }

    bool written_while_answering = false;

private:
    void make(unsigned bar, std::uint32_t writable, std::uint32_t flags) {
        writable_.at(bar_at(bar) / 4) = writable;
        registers_.at(bar_at(bar) / 4) = flags_.at(bar_at(bar) / 4) = flags;
    }

    std::array<std::uint32_t, 16> registers_{}, writable_{}, flags_{};
};

class PciResources : public testing::Test {
protected:
    void place(FakeFunction& function) { place_windows(function, memory_, io_); }

    PciWindow memory_{0xf1000000, 0xfec00000};
    PciWindow io_{0xc000, 0x10000};
};

TEST_F(PciResources, each_empty_register_gets_a_piece_that_is_aligned_for_its_size) {
    FakeFunction disk;
    disk.has_io(4, 0x20);
    disk.has_memory(5, 0x1000);
    FakeFunction network;
    network.has_memory(0, 0x20000);
    network.has_memory(1, 0x1000);
    place(disk);
    place(network);
    EXPECT_EQ(disk.bar(4), 0xc001U);
    EXPECT_EQ(disk.bar(5), 0xf1000000U);
    EXPECT_EQ(network.bar(0), 0xf1020000U);
    EXPECT_EQ(network.bar(1), 0xf1040000U);
}

TEST_F(PciResources, a_register_that_has_an_address_keeps_it) {
    FakeFunction display;
    display.has_memory(0, 0x1000000, 0x8);
    display.write(FakeFunction::bar_at(0), 0xe0000000);
    display.has_memory(2, 0x1000);
    place(display);
    EXPECT_EQ(display.bar(0), 0xe0000008U);
    EXPECT_EQ(display.bar(2), 0xf1000000U);
}

TEST_F(PciResources, a_register_of_64_bits_takes_two_and_gets_an_address_below_4_gib) {
    FakeFunction nvme;
    nvme.has_wide_memory(0, 0x4000);
    place(nvme);
    EXPECT_EQ(nvme.bar(0), 0xf1000004U);
    EXPECT_EQ(nvme.bar(1), 0U);
}

TEST_F(PciResources, an_address_above_4_gib_is_kept) {
    FakeFunction nvme;
    nvme.has_wide_memory(0, 0x4000);
    nvme.write(FakeFunction::bar_at(1), 0x38);
    place(nvme);
    EXPECT_EQ(nvme.bar(0), 0x4U);
    EXPECT_EQ(nvme.bar(1), 0x38U);
}

TEST_F(PciResources, firmware_has_been_there_where_a_register_has_an_address) {
    FakeFunction placed, high, empty;
    placed.has_io(0, 8);
    high.has_wide_memory(0, 0x4000);
    high.write(FakeFunction::bar_at(1), 0x38);
    empty.has_io(0, 8);
    empty.has_memory(1, 0x1000);
    place(placed);
    EXPECT_TRUE(has_window(placed));
    EXPECT_TRUE(has_window(high));
    EXPECT_FALSE(has_window(empty));
}

TEST_F(PciResources, a_function_answers_at_what_it_got_and_at_nothing_else) {
    FakeFunction disk, network, bare;
    disk.has_io(0, 8);
    network.has_memory(0, 0x1000);
    for (auto* function : {&disk, &network, &bare}) place(*function);
    EXPECT_EQ(disk.command(), 1U);
    EXPECT_EQ(network.command(), 2U);
    EXPECT_EQ(bare.command(), 0U);
}

TEST_F(PciResources, a_function_does_not_answer_while_its_sizes_are_asked_for) {
    FakeFunction display;
    display.has_memory(0, 0x1000);
    display.write(4, 3);
    place(display);
    EXPECT_FALSE(display.written_while_answering);
    EXPECT_EQ(display.command(), 3U);
}

TEST_F(PciResources, what_there_is_no_room_for_stays_without_an_address) {
    FakeFunction accelerator;
    accelerator.has_memory(0, 0x80000000);
    accelerator.has_memory(1, 0x1000);
    place(accelerator);
    EXPECT_EQ(accelerator.bar(0), 0U);
    EXPECT_EQ(accelerator.bar(1), 0xf1000000U);
}

TEST_F(PciResources, a_bridge_has_two_registers) {
    FakeFunction bridge(1);
    bridge.has_memory(0, 0x1000);
    bridge.write(0x18, 0);  // its bus numbers are where other functions have their third register
    place(bridge);
    EXPECT_EQ(bridge.bar(0), 0xf1000000U);
    EXPECT_EQ(bridge.bar(2), 0U);
}

}  // namespace
}  // namespace lintel::loader::direct
