// What C++ gives no meaning, done on purpose. Only the kernel that checks itself notices; in the other one anything
// could follow, and it is not done.
#include <array>
#include <cstdint>
#include <limits>

#include "kernel/debug/deliberate.hpp"

namespace lintel {
namespace {

// Volatile, here and below: the compiler must not see what is wrong.
template <class T>
T hidden(T value) {
    volatile T copy = value;
    return copy;
}

template <class T>
void use(T value) {
    [[maybe_unused]] volatile T used = value;
}

void add_beyond_the_largest() { use(hidden(std::numeric_limits<int>::max()) + hidden(1)); }
void negate_the_smallest() { use(-hidden(std::numeric_limits<std::int64_t>::min())); }
void divide_a_number_by_zero() { use(hidden(7) / hidden(0)); }
void shift_by_too_much() { use(hidden(1) << hidden(33)); }

void index_behind_an_array() {
    static constinit int numbers[4] = {1, 2, 3, 4};  // NOLINT(modernize-avoid-c-arrays): a span checks by itself
    use(numbers[hidden(4)]);
}

void read_a_bool_of_three() {
    static constinit unsigned char three = 3;
    use(*reinterpret_cast<const bool*>(hidden(&three)));
}

void read_off_alignment() {
    alignas(8) static constinit std::array<unsigned char, 16> bytes{};
    use(*reinterpret_cast<const std::uint32_t*>(hidden(bytes.data() + 1)));
}

void read_through_null() { use(*hidden(static_cast<const int*>(nullptr))); }

void reach_the_unreachable() {
    if (hidden(true)) __builtin_unreachable();
}

/// Does not write as far as the way back, so that the list of callers is whole.
void write_past_an_array() {
    std::array<unsigned char, 16> bytes{};
    auto* byte = hidden(bytes.data());
    for (int i = hidden(0); i < 24; ++i) *byte++ = 0x55;
    use(bytes[static_cast<std::size_t>(hidden(3))]);
}

constexpr std::array<Failing, 10> all = {{
    {"overflow", "an int that grows beyond the largest", add_beyond_the_largest, true},
    {"negation", "the smallest int64_t negated", negate_the_smallest, true},
    {"division", "a division by a variable that is zero", divide_a_number_by_zero, true},
    {"shift", "an int shifted by more bits than it has", shift_by_too_much, true},
    {"index", "an index behind the end of an array", index_behind_an_array, true},
    {"bool", "a bool that is neither true nor false", read_a_bool_of_three, true},
    {"misaligned", "a number read off its alignment", read_off_alignment, true},
    {"null-object", "a read through a null pointer to an int", read_through_null, true},
    {"unreachable", "a place that cannot be reached, reached", reach_the_unreachable, true},
    {"smash", "an array on the stack, written past its end", write_past_an_array, true},
}};

}  // namespace

const std::span<const Failing> undefined_failings = all;

}  // namespace lintel
