// Ranges of addresses, given out and taken back.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "kernel/memory/address_pool.hpp"

namespace lintel {
namespace {

constexpr VirtAddr begin{0xffffff2000000000};

TEST(AddressPool, a_page_of_nothing_follows_each_stretch) {
    AddressPool pool(begin, begin + 100 * page_size);
    const auto one = pool.take(1);
    const auto other = pool.take(3 * page_size);
    ASSERT_TRUE(one && other);
    EXPECT_EQ(one->begin, begin);
    EXPECT_EQ(one->length, page_size);
    EXPECT_EQ(other->begin, begin + 2 * page_size);
    EXPECT_EQ(other->length, 3 * page_size);
}

TEST(AddressPool, a_gap_is_used_again_where_it_is_large_enough) {
    AddressPool pool(begin, begin + 100 * page_size);
    const auto first = pool.take(4 * page_size);
    ASSERT_TRUE(first && pool.take(page_size));
    pool.give(first->begin);
    EXPECT_EQ(pool.take(5 * page_size)->begin, begin + 7 * page_size) << "too large for the gap";
    EXPECT_EQ(pool.take(4 * page_size)->begin, begin);
}

TEST(AddressPool, an_address_is_found_in_its_stretch_alone) {
    AddressPool pool(begin, begin + 100 * page_size);
    const auto one = pool.take(2 * page_size);
    ASSERT_TRUE(one && pool.take(page_size));
    EXPECT_FALSE(pool.find(begin - 1));
    EXPECT_EQ(pool.find(begin)->begin, begin);
    EXPECT_EQ(pool.find(begin + 2 * page_size - 1)->begin, begin);
    EXPECT_FALSE(pool.find(begin + 2 * page_size)) << "the page behind it";
    EXPECT_EQ(pool.find(begin + 3 * page_size)->begin, begin + 3 * page_size);
    EXPECT_FALSE(pool.find(begin + 4 * page_size));
    pool.give(begin);
    EXPECT_FALSE(pool.find(begin));
}

TEST(AddressPool, what_cannot_be_had_is_refused) {
    AddressPool pool(begin, begin + 10 * page_size);
    EXPECT_FALSE(pool.take(0));
    EXPECT_FALSE(pool.take(~std::uint64_t{0}));
    EXPECT_FALSE(pool.take(~std::uint64_t{0} - 2 * page_size));
    EXPECT_FALSE(pool.take(10 * page_size)) << "no room for the page behind it";
    EXPECT_TRUE(pool.take(9 * page_size));
    EXPECT_FALSE(pool.take(1));
    AddressPool large(begin, begin + (std::uint64_t{1} << 36));
    for (std::size_t i = 0; i < AddressPool::most; ++i) ASSERT_TRUE(large.take(1));
    EXPECT_FALSE(large.take(1)) << "more than there is room for in the books";
}

TEST(AddressPoolDeathTest, giving_back_what_was_not_taken_panics) {
    AddressPool pool(begin, begin + 10 * page_size);
    const auto one = pool.take(2 * page_size);
    EXPECT_DEATH(pool.give(one->begin + page_size), "not taken");
    pool.give(one->begin);
    EXPECT_DEATH(pool.give(one->begin), "not taken");
}

TEST(AddressPool, ten_thousand_random_steps_never_give_an_address_twice) {
    constexpr std::size_t pages = 400;
    AddressPool pool(begin, begin + pages * page_size);
    std::mt19937 random(3);
    std::vector<bool> taken(pages);
    std::vector<AddressPool::Stretch> held;
    for (int step = 0; step < 10'000; ++step) {
        if (random() % 2 == 0) {
            const auto got = pool.take((1 + random() % 20) * page_size);
            if (!got) continue;
            for (VirtAddr page = got->begin; page <= got->end(); page += page_size) {
                const std::size_t index = (page - begin) / page_size;
                ASSERT_LT(index, pages);
                ASSERT_FALSE(taken[index]);
                taken[index] = true;
            }
            held.push_back(*got);
        } else if (!held.empty()) {
            std::swap(held[random() % held.size()], held.back());
            for (VirtAddr page = held.back().begin; page <= held.back().end(); page += page_size)
                taken[(page - begin) / page_size] = false;
            pool.give(held.back().begin);
            held.pop_back();
        }
        ASSERT_EQ(pool.count(), held.size());
    }
}

}  // namespace
}  // namespace lintel
