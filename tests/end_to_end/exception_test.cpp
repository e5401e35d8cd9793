// Each of the processor's exceptions and each kind of undefined behaviour, raised on request in a machine of its own,
// in direct boot, in both builds of the kernel: each is reported with its words, its place and its callers.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include "runner/machine/qmp.hpp"
#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

Answer fail_in(const fs::path& kernel, const std::string& kind) {
    return lintel({"run", "--kernel", kernel, "--firmware", "direct", "--until-halt", "--timeout", "60", "--cmdline",
                   "fault=" + kind});
}

/// The words by which the report of each exception begins, by its vector.
constexpr std::string_view exceptions[] = {
    "division error",
    "debug exception",
    "non-maskable interrupt",
    "",  // a breakpoint goes on
    "overflow",
    "bound range exceeded",
    "invalid instruction",
    "no floating-point unit",
    "double fault",
    "coprocessor segment overrun",
    "invalid task state segment: GDT entry 5",
    "segment not present: GDT entry 2",
    "stack segment fault: GDT entry 2",
    "general protection fault",
    "page fault: read from 0x0000000000000008, which is not mapped",
    "reserved exception 15",
    "x87 floating-point error",
    "misaligned access",
    "machine check",
    "SIMD floating-point exception",
    "virtualization exception",
    "control protection fault: missing ENDBRANCH",
    "reserved exception 22",
    "reserved exception 23",
    "reserved exception 24",
    "reserved exception 25",
    "reserved exception 26",
    "reserved exception 27",
    "hypervisor injection exception",
    "VMM communication exception",
    "security exception",
    "reserved exception 31",
};
static_assert(std::size(exceptions) == 32);

class Exceptions : public testing::TestWithParam<unsigned> {};

TEST_P(Exceptions, are_reported_with_words_place_registers_and_callers_or_survived) {
    const unsigned vector = GetParam();
    const std::string_view words = exceptions[vector];
    for (const fs::path& file : {kernel(), debug_kernel()}) {
        SCOPED_TRACE(file.filename());
        const Answer answer = fail_in(file, "vector-" + std::to_string(vector));
        if (words.empty()) {
            EXPECT_EQ(answer.code, 0) << answer.err << answer.out;
            EXPECT_TRUE(answer.out.contains("survived: exception " + std::to_string(vector))) << answer.out;
            continue;
        }
        EXPECT_EQ(answer.code, 3) << answer.err;
        EXPECT_TRUE(answer.out.contains("panic: " + std::string(words))) << answer.out;
        EXPECT_TRUE(answer.out.contains(" lintel::arch::")) << answer.out;
        EXPECT_TRUE(answer.out.contains("panic: rip    ffffffff8")) << answer.out;
        EXPECT_TRUE(answer.out.contains(" lintel::fail_deliberately+0x")) << answer.out;
    }
}

INSTANTIATE_TEST_SUITE_P(Kernel, Exceptions, testing::Range(0U, 32U),
                         [](const auto& info) { return "vector_" + std::to_string(info.param); });

struct Undefined {
    const char* name;
    const char* words;
    const char* function;  // where it happened, in the backtrace
};

void PrintTo(const Undefined& undefined, std::ostream* out) { *out << undefined.name; }

class UndefinedBehaviour : public testing::TestWithParam<Undefined> {};

TEST_P(UndefinedBehaviour, is_reported_with_its_values_and_place_by_the_kernel_that_checks_itself) {
    const Undefined& undefined = GetParam();
    const Answer checked = fail_in(debug_kernel(), undefined.name);
    EXPECT_EQ(checked.code, 3) << checked.err;
    EXPECT_TRUE(checked.out.contains(std::string("panic: ") + undefined.words)) << checked.out;
    EXPECT_TRUE(checked.out.contains(undefined.function)) << checked.out;
    const Answer other = fail_in(kernel(), undefined.name);
    EXPECT_EQ(other.code, 0) << other.err << other.out;
    EXPECT_TRUE(other.out.contains("this kernel does not check itself for ")) << other.out;
}

constexpr Undefined undefined_kinds[] = {
    {"overflow", "undefined behaviour: 2147483647 + 1 does not fit 'int' (kernel/debug/", "::add_beyond_the_largest+"},
    {"negation", "undefined behaviour: -(-9223372036854775808) does not fit 'long' (", "::negate_the_smallest+"},
    {"division", "undefined behaviour: 7 divided by 0 (", "::divide_a_number_by_zero+"},
    {"shift", "undefined behaviour: 1 of type 'int' shifted by 33 (", "::shift_by_too_much+"},
    {"index", "undefined behaviour: index 4 of an array of type 'int[4]' (", "::index_behind_an_array+"},
    {"bool", "undefined behaviour: 3 is no value of type 'const bool' (", "::read_a_bool_of_three+"},
    {"misaligned", "undefined behaviour: load of 'const std::uint32_t' (aka 'const unsigned int') at 0xffffffff8",
     "::read_off_alignment+"},
    {"null-object", "undefined behaviour: load of 'const int' through a null pointer (", "::read_through_null+"},
    {"unreachable", "undefined behaviour: what cannot be reached was (", "::reach_the_unreachable+"},
    {"smash", "a function wrote past its variables on the stack", "::write_past_an_array+"},
};

INSTANTIATE_TEST_SUITE_P(Kernel, UndefinedBehaviour, testing::ValuesIn(undefined_kinds), [](const auto& info) {
    std::string name = info.param.name;
    std::ranges::replace(name, '-', '_');
    return name;
});

TEST(Exception, a_machine_check_of_the_hardware_is_reported) {
    Scratch scratch;
    const fs::path socket = scratch / "qmp";
    Terminal terminal(
        {"run", "--firmware", "direct", "--headless", "--", "-qmp", "unix:" + socket.string() + ",server=on,wait=off"});
    ASSERT_TRUE(terminal.wait_for("lintel> ")) << terminal.text();
    auto qmp = runner::Qmp::connect(socket);
    ASSERT_TRUE(qmp) << qmp.error().sentence;
    const auto deadline = runner::Clock::now() + std::chrono::seconds(60);
    ASSERT_TRUE(qmp->greet(deadline));
    // Of processor 0, in bank 9: valid, not corrected, enabled, with the processor's state lost (Intel SDM vol. 3B,
    // 16.3.2); the instruction to go on with is valid, and a machine check is in progress.
    ASSERT_TRUE(qmp->human("mce 0 9 0xb200000000000000 5 0 0", deadline));
    ASSERT_TRUE(terminal.wait_for("panic: machine check")) << terminal.text();
    EXPECT_TRUE(terminal.wait_for("panic: called from ")) << terminal.text();
}

TEST(Exception, kinds_that_do_not_exist_are_said_not_to) {
    for (const char* kind : {"vector-32", "vector-", "vector-1x", "vector--1", "nonsense"}) {
        const Answer answer = fail_in(kernel(), kind);
        EXPECT_EQ(answer.code, 0) << answer.err << answer.out;
        EXPECT_TRUE(answer.out.contains(std::string("there is no fault of the kind ") + kind)) << answer.out;
    }
}

}  // namespace
}  // namespace lintel::end_to_end
