#include "arch/page_tables.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace lintel::arch {
namespace {

constexpr std::uint64_t hhdm = 0xffff800000000000;

/// Frames of a pretended physical memory that starts at `base`, in a buffer of the host's.
class PageTablesTest : public testing::Test {
protected:
    static constexpr std::uint64_t base = 0x100000;
    static constexpr std::uint64_t frames = 64;
    void SetUp() override {
        raw_.resize((frames + 1) * page_size, std::byte{0xa5});
        auto first = align_up(reinterpret_cast<std::uint64_t>(raw_.data()), page_size);
        memory_ = DirectMap(first - base);
        pool_ = FramePool(PhysAddr(base), frames);
    }
    PageTables tables(Levels levels = Levels::four, std::uint64_t largest = large_page_size) {
        return PageTables::create(pool_, memory_, levels, largest).value();
    }
    std::vector<std::byte> raw_;
    DirectMap memory_;
    FramePool pool_;
};

TEST_F(PageTablesTest, every_byte_of_a_mapping_translates_and_none_beside_it) {
    auto t = tables();
    ASSERT_TRUE(
        t.map({VirtAddr(0xffffffff80000000), PhysAddr(0x7000), 0x3000, Access::read_execute, Caching::write_back}));
    EXPECT_FALSE(t.translate(VirtAddr(0xffffffff7fffffff)));
    EXPECT_FALSE(t.translate(VirtAddr(0xffffffff80003000)));
    for (std::uint64_t i = 0; i < 0x3000; i += 0x7ff) {
        auto at = t.translate(VirtAddr(0xffffffff80000000 + i));
        ASSERT_TRUE(at);
        EXPECT_EQ(at->phys, PhysAddr(0x7000 + i));
        EXPECT_EQ(at->access, Access::read_execute);
        EXPECT_EQ(at->page, page_size);
    }
}

TEST_F(PageTablesTest, access_and_caching_come_back_as_they_were_given) {
    auto t = tables();
    std::uint64_t where = hhdm;
    for (auto access : {Access::read, Access::read_write, Access::read_execute, Access::read_write_execute})
        for (auto caching : {Caching::write_back, Caching::write_through, Caching::write_combining, Caching::uncached})
            for (std::uint64_t length : {page_size, large_page_size}) {
                where += 4 * large_page_size;
                ASSERT_TRUE(t.map({VirtAddr(where), PhysAddr(where - hhdm), length, access, caching}));
                auto at = t.translate(VirtAddr(where + length - 1));
                ASSERT_TRUE(at);
                EXPECT_EQ(at->access, access);
                EXPECT_EQ(at->caching, caching);
                EXPECT_EQ(at->page, length);
                EXPECT_EQ(at->phys, PhysAddr(where - hhdm + length - 1));
            }
}

TEST_F(PageTablesTest, aligned_middles_get_large_pages_and_ends_small_ones) {
    auto t = tables(Levels::four, huge_page_size);
    std::uint64_t start = huge_page_size - large_page_size - page_size;
    ASSERT_TRUE(
        t.map({VirtAddr(hhdm + start), PhysAddr(start), 2 * huge_page_size, Access::read_write, Caching::write_back}));
    EXPECT_EQ(t.translate(VirtAddr(hhdm + start))->page, page_size);
    EXPECT_EQ(t.translate(VirtAddr(hhdm + start + page_size))->page, large_page_size);
    EXPECT_EQ(t.translate(VirtAddr(hhdm + huge_page_size))->page, huge_page_size);
    EXPECT_EQ(t.translate(VirtAddr(hhdm + start + 2 * huge_page_size - 1))->page, page_size);
}

TEST_F(PageTablesTest, an_address_cannot_be_mapped_twice) {
    auto t = tables();
    Mapping large{VirtAddr(hhdm), PhysAddr(0), large_page_size, Access::read_write, Caching::write_back};
    Mapping small{VirtAddr(hhdm + page_size), PhysAddr(0), page_size, Access::read, Caching::write_back};
    ASSERT_TRUE(t.map(large));
    EXPECT_FALSE(t.map(small));
    auto u = tables();
    ASSERT_TRUE(u.map(small));
    EXPECT_FALSE(u.map(large));
}

TEST_F(PageTablesTest, five_levels_reach_what_four_cannot) {
    Mapping far{VirtAddr(0xff10000000000000), PhysAddr(0x5000), page_size, Access::read, Caching::write_back};
    EXPECT_FALSE(tables(Levels::four).map(far));
    auto t = tables(Levels::five);
    ASSERT_TRUE(t.map(far));
    EXPECT_EQ(t.translate(far.virt)->phys, far.phys);
}

TEST_F(PageTablesTest, a_range_that_leaves_the_address_space_is_refused) {
    auto t = tables();
    EXPECT_FALSE(t.map({VirtAddr(0x7ffffffff000), PhysAddr(0), 2 * page_size, Access::read, Caching::write_back}));
    EXPECT_FALSE(t.map({VirtAddr(0xfffffffffffff000), PhysAddr(0), 2 * page_size, Access::read, Caching::write_back}));
}

TEST_F(PageTablesTest, a_pool_that_runs_out_is_an_error_not_a_wild_write) {
    pool_ = FramePool(PhysAddr(base), 3);
    auto t = tables();
    auto status = t.map({VirtAddr(hhdm), PhysAddr(0), page_size, Access::read, Caching::write_back});
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::out_of_memory);
}

TEST_F(PageTablesTest, frames_needed_is_never_less_than_what_a_mapping_takes) {
    for (std::uint64_t length : {page_size, 3 * page_size, large_page_size, 5 * large_page_size + page_size})
        for (std::uint64_t skew : {std::uint64_t{0}, page_size, large_page_size - page_size}) {
            for (auto offset : {Offset::large_aligned, Offset::arbitrary}) {
                // One more than needed: the root is no part of the mapping.
                pool_ = FramePool(PhysAddr(base), PageTables::frames_needed(length, offset) + 1);
                std::memset(memory_.pointer<std::byte>(PhysAddr(base)), 0, frames * page_size);
                ASSERT_LE(PageTables::frames_needed(length, offset) + 1, frames);
                std::uint64_t phys = skew + (offset == Offset::arbitrary ? page_size : 0);
                EXPECT_TRUE(tables().map({VirtAddr(hhdm + (std::uint64_t{1} << 39) - large_page_size + skew),
                                          PhysAddr(phys), length, Access::read, Caching::write_back}));
            }
        }
}

TEST_F(PageTablesTest, what_is_mapped_is_found_in_order_from_any_address) {
    for (const Levels levels : {Levels::four, Levels::five}) {
        auto t = tables(levels);
        EXPECT_FALSE(t.next_mapped(VirtAddr(0)));
        const VirtAddr low(7 * page_size);
        const VirtAddr high(0xffff900000000000 + large_page_size - page_size);
        const VirtAddr last(~std::uint64_t{0} - page_size + 1);
        ASSERT_TRUE(t.map({low, PhysAddr(0), page_size, Access::read, Caching::write_back}));
        ASSERT_TRUE(t.map({high, PhysAddr(large_page_size - page_size), page_size + large_page_size, Access::read,
                           Caching::write_back}));
        ASSERT_TRUE(t.map({last, PhysAddr(0), page_size, Access::read, Caching::write_back}));
        EXPECT_EQ(t.next_mapped(VirtAddr(0)), low);
        EXPECT_EQ(t.next_mapped(low), low);
        EXPECT_EQ(t.next_mapped(low + page_size), high);
        EXPECT_EQ(t.next_mapped(high + page_size), high + page_size);
        EXPECT_EQ(t.next_mapped(high + 2 * page_size), high + 2 * page_size) << "within a large page";
        EXPECT_EQ(t.next_mapped(high + page_size + large_page_size), last);
        t.unmap(last, page_size);
        EXPECT_FALSE(t.next_mapped(high + page_size + large_page_size));
    }
}

TEST_F(PageTablesTest, what_is_unmapped_translates_no_more_and_its_neighbours_still_do) {
    auto t = tables();
    ASSERT_TRUE(t.map(
        {VirtAddr(hhdm), PhysAddr(0), 2 * large_page_size + 3 * page_size, Access::read_write, Caching::write_back}));
    t.unmap(VirtAddr(hhdm + large_page_size), large_page_size + page_size);
    EXPECT_TRUE(t.translate(VirtAddr(hhdm + large_page_size - 1)));
    EXPECT_FALSE(t.translate(VirtAddr(hhdm + large_page_size)));
    EXPECT_FALSE(t.translate(VirtAddr(hhdm + 2 * large_page_size + page_size - 1)));
    EXPECT_TRUE(t.translate(VirtAddr(hhdm + 2 * large_page_size + page_size)));
    t.unmap(VirtAddr(hhdm + 2 * large_page_size + page_size), 8 * page_size);  // more than is mapped
    EXPECT_FALSE(t.translate(VirtAddr(hhdm + 2 * large_page_size + page_size)));
    ASSERT_TRUE(
        t.map({VirtAddr(hhdm + large_page_size), PhysAddr(0x5000), page_size, Access::read, Caching::write_back}));
    EXPECT_EQ(t.translate(VirtAddr(hhdm + large_page_size))->phys, PhysAddr(0x5000));
}

TEST_F(PageTablesTest, where_small_pages_were_unmapped_as_much_as_a_large_one_can_be_mapped) {
    auto t = tables(Levels::four, huge_page_size);
    ASSERT_TRUE(
        t.map({VirtAddr(hhdm + page_size), PhysAddr(0x5000), page_size, Access::read_write, Caching::write_back}));
    t.unmap(VirtAddr(hhdm + page_size), page_size);
    const Mapping large{VirtAddr(hhdm), PhysAddr(huge_page_size), huge_page_size, Access::read, Caching::write_back};
    ASSERT_TRUE(t.map(large));
    for (std::uint64_t at = 0; at < huge_page_size; at += 0x1ff000)
        EXPECT_EQ(t.translate(VirtAddr(hhdm + at))->phys, PhysAddr(huge_page_size + at));
    EXPECT_FALSE(t.map(large)) << "it is mapped now";
}

TEST_F(PageTablesTest, a_part_of_a_large_page_is_not_unmapped_by_itself) {
    auto t = tables();
    ASSERT_TRUE(t.map({VirtAddr(hhdm), PhysAddr(0), large_page_size, Access::read_write, Caching::write_back}));
    EXPECT_DEATH(t.unmap(VirtAddr(hhdm), page_size), "part of a page");
    EXPECT_DEATH(t.unmap(VirtAddr(hhdm + page_size), page_size), "part of a page");
}

TEST_F(PageTablesTest, only_tables_of_every_space_have_global_pages) {
    for (auto [reach, bit] : {std::pair{Reach::this_space, 0U}, std::pair{Reach::every_space, 1U << 8}}) {
        pool_ = FramePool(PhysAddr(base), frames);
        auto t = PageTables::create(pool_, memory_, Levels::four, large_page_size, reach).value();
        ASSERT_TRUE(t.map({VirtAddr(0x1000), PhysAddr(0x1000), page_size, Access::read, Caching::write_back}));
        PhysAddr table = t.root();  // the first entry, three times, and then the second (Intel SDM vol. 3A, 4.5.4)
        for (int level = 4; level > 1; --level) {
            EXPECT_EQ(*memory_.pointer<std::uint64_t>(table) & (1U << 8), 0U) << "in a table's own entry";
            table = PhysAddr(*memory_.pointer<std::uint64_t>(table) & 0x000ffffffffff000);
        }
        EXPECT_EQ(memory_.pointer<std::uint64_t>(table)[1] & (1U << 8), bit);
    }
}

}  // namespace
}  // namespace lintel::arch
