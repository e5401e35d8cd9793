// What compiled code takes for granted: memory functions, constructors, the formatter; and the kernel's view of its own
// image: symbols, callers, permissions.
#include <array>
#include <cstring>
#include <limits>

#include "arch/arch.hpp"
#include "kernel/checks.hpp"
#include "kernel/command_line.hpp"
#include "kernel/debug/backtrace.hpp"
#include "kernel/debug/stack_protector.hpp"
#include "kernel/debug/symbols.hpp"
#include "kernel/hand_over.hpp"
#include "kernel/hlt_loop.hpp"
#include "kernel/image.hpp"
#include "kernel/memory/memory.hpp"
#include "kernel/memory/stacks.hpp"
#include "kernel/tests/tests.hpp"

namespace lintel {
namespace {

template <class T>
VirtAddr address_of(const T* object) {
    return VirtAddr(reinterpret_cast<std::uint64_t>(object));
}

/// The compiler must not do the copying by itself.
template <class T>
T hidden(T value) {
    volatile T copy = value;
    return copy;
}

using Bytes64 = std::array<unsigned char, 64>;

Bytes64 counted() {
    Bytes64 bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<unsigned char>(i);
    return bytes;
}

void memcpy_copies_every_length() {
    const Bytes64 from = counted();
    for (std::size_t length = 0; length < 60; ++length) {
        Bytes64 to{};
        std::memcpy(to.data() + 1, from.data() + 3, hidden(length));
        bool right = to[0] == 0 && to[length + 1] == 0;
        for (std::size_t i = 0; i < length; ++i) right = right && to[i + 1] == i + 3;
        expect(right, "a copy of some length is wrong or too long");
    }
}

void memmove_moves_over_itself() {
    for (const int distance : {-9, -8, -1, 0, 1, 7, 8, 9}) {
        Bytes64 bytes = counted();
        std::memmove(bytes.data() + 20 + hidden(distance), bytes.data() + 20, 30);
        const unsigned char* moved = bytes.data() + 20 + distance;
        for (int i = 0; i < 30; ++i) expect(moved[i] == 20 + i, "a byte is another one");
    }
}

void memset_fills_every_length() {
    for (std::size_t length = 0; length < 40; ++length) {
        Bytes64 bytes = counted();
        std::memset(bytes.data() + 5, 0xa5, hidden(length));
        expect(bytes[4] == 4 && bytes[5 + length] == 5 + length, "it fills too much");
        for (std::size_t i = 0; i < length; ++i) expect(bytes[5 + i] == 0xa5, "it fills too little");
    }
}

void memcmp_orders_bytes_as_unsigned() {
    const std::array<unsigned char, 2> low = {1, 0x7f};
    const std::array<unsigned char, 2> high = {1, 0x80};
    expect(std::memcmp(low.data(), high.data(), hidden(2UL)) < 0, "0x7f does not come before 0x80");
    expect(std::memcmp(high.data(), low.data(), hidden(2UL)) > 0, "0x80 does not come after 0x7f");
    expect(std::memcmp(low.data(), high.data(), hidden(1UL)) == 0, "equal bytes differ");
}

/// Counts the constructions: constructors of one file run in the order of their objects.
struct Constructed {
    Constructed() : number(++hidden_count()) {}
    static int& hidden_count() {
        static constinit int count = 0;
        return count;
    }
    int number;
};
Constructed first_object;
Constructed second_object;

void global_constructors_ran_in_order() {
    expect_equal(first_object.number, 1, "the first object's number");
    expect_equal(second_object.number, 2, "the second object's number");
}

template <class... Args>
void expect_text(std::string_view wanted, FormatString<std::type_identity_t<Args>...> format, const Args&... args) {
    TextBuffer<100> buffer;
    print(buffer, format, args...);
    expect_equal(buffer.text(), wanted, "the text");
}

void the_formatter_writes_numbers() {
    expect_text("0 -1 18446744073709551615", "{} {} {}", 0, -1, std::numeric_limits<std::uint64_t>::max());
    expect_text("-9223372036854775808", "{}", std::numeric_limits<std::int64_t>::min());
    expect_text("ff 00ff", "{:x} {:04x}", 255, 255);
}

void the_formatter_pads() {
    expect_text("|  a|b  |007|", "|{:3}|{:<3}|{:03}|", "a", "b", 7);
    expect_text("{x}", "{{{}}}", 'x');
}

void the_formatter_writes_addresses_in_full() {
    expect_text("0x0000000000001000", "{}", PhysAddr(0x1000));
    expect_text("0xffffffff80000000", "{}", VirtAddr(0xffffffff80000000));
}

void a_full_buffer_drops_the_rest() {
    TextBuffer<4> buffer;
    print(buffer, "{}", "abcdef");
    expect_equal(buffer.text(), std::string_view("abcd"), "the text");
}

void functions_have_their_names() {
    const auto symbols = SymbolTable::find(executable_file());
    expect(symbols.has_value(), "the executable file has no symbols");
    if (!symbols) return;
    const auto place = symbols->function_at(VirtAddr(reinterpret_cast<std::uint64_t>(&hlt_loop)));
    expect(place.has_value(), "hlt_loop has no name");
    if (!place) return;
    expect_equal(readable_name(place->name).text(), std::string_view("lintel::hlt_loop"), "its name");
    expect_equal(place->offset, std::uint64_t{0}, "its offset");
}

[[gnu::noinline]] std::size_t callers_of(std::span<VirtAddr> found) {
    const VirtAddr frame(reinterpret_cast<std::uint64_t>(__builtin_frame_address(0)));
    const auto stack = stack_at(frame);
    return stack ? backtrace(frame, stack->range, text_range(), found) : 0;
}

void callers_are_found_to_the_outermost() {
    std::array<VirtAddr, 32> found;
    const std::size_t count = callers_of(found);
    expect(count >= 3 && count < found.size(), "there are too few callers, or there is no end of them");
    const auto symbols = SymbolTable::find(executable_file());
    if (!symbols || count == 0) return;
    const auto place = symbols->function_at(found[0] - 1);
    expect(place && readable_name(place->name).text().ends_with("callers_are_found_to_the_outermost"),
           "the first caller is not this test");
}

void a_broken_frame_ends_the_list_of_callers() {
    std::array<VirtAddr, 4> found;
    const auto stack = stack_at(address_of(&found));
    if (!stack) return expect(false, "the tests do not run on a kernel stack");
    for (const VirtAddr frame :
         {VirtAddr(), VirtAddr(1), stack->range.end, stack->range.begin + 1, VirtAddr(1ULL << 63)})
        expect_equal(backtrace(frame, stack->range, text_range(), found), std::size_t{0}, "the number of callers");
}

void the_image_is_mapped_as_its_parts_say() {
    for (const ImagePart& part : image_parts())
        for (VirtAddr page = part.range.begin; page < part.range.end; page += page_size) {
            const auto translation = kernel_tables().translate(page);
            expect(translation && translation->access == part.access, "a page has other permissions");
        }
}

void no_part_of_the_image_is_writable_and_executable() {
    for (const ImagePart& part : image_parts()) expect(part.access != arch::Access::read_write_execute, "one is");
}

void address_zero_is_not_mapped() {
    expect(!kernel_tables().translate(VirtAddr(0)), "the first page is mapped");
    expect(!kernel_tables().translate(VirtAddr(page_size)), "the second page is mapped");
}

void the_last_of_two_equal_options_counts() {
    expect(option("a=1 b a=2", "a") == "2", "the last one does not count");
    expect(option("a=1 b", "b") == "", "an option without a value is not there");
    expect(!option("abc=1", "ab"), "the beginning of a name is taken for one");
}

void the_stack_has_a_canary_of_this_boots() {
    if (!checks) return skip("only a build with checks looks at it");
    expect(has_stack_canary(), "it is the one that every boot begins with");
}

void the_timestamp_grows() {
    const std::uint64_t before = arch::timestamp();
    expect(arch::timestamp() >= before, "it shrank");
}

constexpr std::array<KernelTest, 18> runtime_list = {{
    {"runtime: memcpy_copies_every_length_and_no_more", memcpy_copies_every_length},
    {"runtime: memmove_moves_over_itself_in_both_directions", memmove_moves_over_itself},
    {"runtime: memset_fills_every_length_and_no_more", memset_fills_every_length},
    {"runtime: memcmp_orders_bytes_as_unsigned", memcmp_orders_bytes_as_unsigned},
    {"runtime: global_constructors_ran_in_order", global_constructors_ran_in_order},
    {"runtime: the_timestamp_grows", the_timestamp_grows},
    {"runtime: the_stack_has_a_canary_of_this_boots", the_stack_has_a_canary_of_this_boots},
    {"text: numbers_of_every_sign_and_base", the_formatter_writes_numbers},
    {"text: padding_on_either_side", the_formatter_pads},
    {"text: addresses_have_all_their_digits", the_formatter_writes_addresses_in_full},
    {"text: a_full_buffer_drops_the_rest", a_full_buffer_drops_the_rest},
    {"image: functions_have_their_names", functions_have_their_names},
    {"image: callers_are_found_to_the_outermost", callers_are_found_to_the_outermost},
    {"image: a_broken_frame_ends_the_list_of_callers", a_broken_frame_ends_the_list_of_callers},
    {"image: each_page_has_its_parts_permissions", the_image_is_mapped_as_its_parts_say},
    {"image: nothing_is_writable_and_executable", no_part_of_the_image_is_writable_and_executable},
    {"image: address_zero_is_not_mapped", address_zero_is_not_mapped},
    {"options: the_last_of_two_equal_ones_counts", the_last_of_two_equal_options_counts},
}};

}  // namespace

const std::span<const KernelTest> runtime_tests = runtime_list;

}  // namespace lintel
