#include "kernel/debug/backtrace.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace lintel {
namespace {

constexpr AddressRange text{VirtAddr(0xffffffff80001000), VirtAddr(0xffffffff80002000)};

/// A stack of words, in which frames can be laid out by index.
class Stack {
public:
    [[nodiscard]] VirtAddr at(std::size_t index) const {
        return VirtAddr(reinterpret_cast<std::uint64_t>(words_.data() + index));
    }
    [[nodiscard]] AddressRange range() const { return {at(0), at(words_.size())}; }

    void put_frame(std::size_t index, VirtAddr caller_frame, std::uint64_t return_address) {
        words_[index] = caller_frame.value();
        words_[index + 1] = return_address;
    }

    [[nodiscard]] std::vector<std::uint64_t> walk(VirtAddr frame, std::size_t most = 8) const {
        std::vector<VirtAddr> found(most);
        found.resize(backtrace(frame, range(), text, found));
        std::vector<std::uint64_t> addresses;
        addresses.reserve(found.size());
        for (VirtAddr address : found) addresses.push_back(address.value());
        return addresses;
    }

private:
    std::array<std::uint64_t, 32> words_{};
};

using Addresses = std::vector<std::uint64_t>;

constexpr std::uint64_t first = 0xffffffff80001010;
constexpr std::uint64_t second = 0xffffffff80001020;

TEST(Backtrace, follows_the_frames_to_the_outermost_one) {
    Stack stack;
    stack.put_frame(2, stack.at(10), first);
    stack.put_frame(10, stack.at(30), second);
    stack.put_frame(30, VirtAddr(0), 0);
    EXPECT_EQ(stack.walk(stack.at(2)), (Addresses{first, second}));
}

TEST(Backtrace, stops_when_there_is_no_more_room) {
    Stack stack;
    stack.put_frame(2, stack.at(10), first);
    stack.put_frame(10, stack.at(30), second);
    EXPECT_EQ(stack.walk(stack.at(2), 1), (Addresses{first}));
    EXPECT_EQ(stack.walk(stack.at(2), 0), (Addresses{}));
}

TEST(Backtrace, a_frame_that_points_at_itself_or_down_ends_the_walk) {
    Stack stack;
    stack.put_frame(2, stack.at(2), first);
    EXPECT_EQ(stack.walk(stack.at(2)), (Addresses{first}));
    stack.put_frame(10, stack.at(2), second);
    EXPECT_EQ(stack.walk(stack.at(10)), (Addresses{second}));
}

TEST(Backtrace, nothing_outside_the_stack_is_read) {
    Stack stack;
    for (VirtAddr outside : {VirtAddr(0), VirtAddr(8), VirtAddr(0x0000800000000000), VirtAddr(0xfffffffffffffff8),
                             stack.at(32), stack.at(31), stack.at(0) - 8}) {
        EXPECT_EQ(stack.walk(outside), (Addresses{}));
        stack.put_frame(2, outside, first);
        EXPECT_EQ(stack.walk(stack.at(2)), (Addresses{first}));
    }
}

TEST(Backtrace, a_crooked_frame_pointer_ends_the_walk) {
    Stack stack;
    stack.put_frame(2, stack.at(10) + 4, first);
    // Read at that address, the words' halves would make a frame that is fine but for its alignment.
    stack.put_frame(10, VirtAddr(0), second << 32);
    stack.put_frame(12, VirtAddr(second >> 32), 0);
    EXPECT_EQ(stack.walk(stack.at(2)), (Addresses{first}));
}

TEST(Backtrace, a_return_address_outside_the_code_ends_the_walk) {
    Stack stack;
    stack.put_frame(2, stack.at(10), first);
    stack.put_frame(10, stack.at(20), 0xffffffff80002000);
    stack.put_frame(20, stack.at(30), second);
    EXPECT_EQ(stack.walk(stack.at(2)), (Addresses{first}));
}

}  // namespace
}  // namespace lintel
