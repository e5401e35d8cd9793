#include "loader/direct/start_info.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <limits>

namespace lintel::loader::direct {
namespace {

/// Pretended physical memory with a start info at 0x1000 and its map at 0x2000.
class StartInfoTest : public testing::Test {
protected:
    static constexpr std::uint64_t size = 0x4000;
    static constexpr std::uint64_t info_at = 0x1000, map_at = 0x2000;

    void SetUp() override {
        put<std::uint32_t>(info_at + 0, 0x336ec578);
        put<std::uint32_t>(info_at + 4, 1);
        put<std::uint64_t>(info_at + 32, 0xf0000);  // RSDP
        put<std::uint64_t>(info_at + 40, map_at);
        put<std::uint32_t>(info_at + 48, 2);
        put(map_at, MapEntry{0, 0x9fc00, 1, 0});
        put(map_at + sizeof(MapEntry), MapEntry{0x100000, 0x700000, 1, 0});
    }

    template <class T>
    void put(std::uint64_t at, T value) {
        std::memcpy(memory_.data() + at, &value, sizeof(value));
    }

    [[nodiscard]] Result<StartInfo> parse(std::uint64_t at = info_at) const {
        return StartInfo::parse(PhysAddr(at), DirectMap(reinterpret_cast<std::uint64_t>(memory_.data())), size);
    }

    void expect_refusal(std::string_view sentence, std::uint64_t at = info_at) {
        auto info = parse(at);
        ASSERT_FALSE(info);
        EXPECT_EQ(info.error().text, sentence);
    }

    alignas(8) std::array<std::byte, size> memory_{};
};

TEST_F(StartInfoTest, gives_the_map_and_the_rsdp) {
    auto info = parse();
    ASSERT_TRUE(info);
    EXPECT_EQ(info->rsdp, PhysAddr(0xf0000));
    ASSERT_EQ(info->map.size(), 2U);
    EXPECT_EQ(info->map[1].base, 0x100000U);
}

TEST_F(StartInfoTest, an_rsdp_of_zero_is_none) {
    put<std::uint64_t>(info_at + 32, 0);
    EXPECT_FALSE(parse()->rsdp);
}

TEST_F(StartInfoTest, one_that_is_absent_or_outside_memory_is_refused) {
    constexpr std::string_view sentence = "the PVH start info is not where memory can be";
    for (std::uint64_t at :
         {std::uint64_t{0}, size - 8, size, std::numeric_limits<std::uint64_t>::max() - 7, info_at + 1})
        expect_refusal(sentence, at);
}

TEST_F(StartInfoTest, a_wrong_magic_number_is_refused) {
    put<std::uint32_t>(info_at, 0x2badb002);
    expect_refusal("the PVH start info lacks its magic number");
}

TEST_F(StartInfoTest, version_0_has_no_map_and_is_refused) {
    put<std::uint32_t>(info_at + 4, 0);
    expect_refusal("the PVH start info has no memory map: it is of version");
}

TEST_F(StartInfoTest, an_absurd_number_of_entries_is_refused) {
    for (std::uint32_t count : {0U, 1025U, 0xffffffffU}) {
        put<std::uint32_t>(info_at + 48, count);
        expect_refusal("the PVH start info's memory map has an absurd number of entries");
    }
}

TEST_F(StartInfoTest, a_map_that_leaves_memory_is_refused) {
    for (std::uint64_t at :
         {std::uint64_t{0}, size - sizeof(MapEntry), map_at + 4, std::numeric_limits<std::uint64_t>::max() - 7}) {
        put<std::uint64_t>(info_at + 40, at);
        expect_refusal("the PVH start info's memory map is not where memory can be");
    }
}

}  // namespace
}  // namespace lintel::loader::direct
