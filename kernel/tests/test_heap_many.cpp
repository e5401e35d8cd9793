// A million blocks of the heap, asked for and freed at random.
#include <algorithm>
#include <array>
#include <atomic>

#include "kernel/checks.hpp"
#include "kernel/memory/heap.hpp"
#include "kernel/processors/calls.hpp"
#include "kernel/processors/processor.hpp"
#include "kernel/tests/random_blocks.hpp"
#include "kernel/tests/tests.hpp"

namespace lintel {
namespace {

/// A build with checks takes some ten times as long for each.
constexpr std::uint64_t all_steps = checks ? 200'000 : 1'000'000;

/// As many steps as asked for; how many blocks were not had, or not what they had been.
std::uint64_t random_steps(std::uint64_t seed, std::uint64_t steps) {
    Random random(seed);
    std::array<Stamped, 100> blocks{};
    std::uint64_t wrong = 0;
    for (std::uint64_t step = 0; step < steps; ++step) {
        Stamped& one = blocks[random.below(blocks.size())];
        const bool good = one.words == nullptr ? one.make(random, seed << 32 | step) : one.drop();
        wrong += good ? 0 : 1;
    }
    for (Stamped& one : blocks)
        if (one.words != nullptr && !one.drop()) ++wrong;
    return wrong;
}

/// On up to four processors at once, each with a part of the steps.
void random_steps_by_the_million_keep_all_contents() {
    const unsigned workers = std::min(processor_count(), 4U);
    std::atomic<std::uint64_t> wrong = 0;
    work_on_each([&] {
        const unsigned number = this_processor().number;
        if (number < workers) wrong += random_steps(number + 1, all_steps / workers);
    });
    expect_equal(wrong.load(), std::uint64_t{0}, "the number of blocks that were lost or changed");
    check_heap();
}

constexpr std::array<KernelTest, 1> heap_many_list = {{
    {"heap: random_steps_by_the_million_keep_all_contents", random_steps_by_the_million_keep_all_contents},
}};

}  // namespace

const std::span<const KernelTest> heap_many_tests = heap_many_list;

}  // namespace lintel
