// How the kernel fails: each fault is raised on request in a machine of its own, in direct boot, and must be explained.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

struct Fault {
    const char* name;
    const char* words;     // the panic's first line
    const char* function;  // where it happened, in the backtrace or in its first line
};

void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

class Faults : public testing::TestWithParam<Fault> {};

TEST_P(Faults, are_explained_with_their_place_and_registers) {
    const Fault& fault = GetParam();
    auto answer = lintel({"run", "--firmware", "direct", "--until-halt", "--timeout", "60", "--cmdline",
                          std::string("fault=") + fault.name});
    EXPECT_EQ(answer.code, 3) << answer.err;
    EXPECT_TRUE(answer.out.contains(std::string("panic: ") + fault.words)) << answer.out;
    EXPECT_TRUE(answer.out.contains(fault.function)) << answer.out;
    EXPECT_TRUE(answer.out.contains("lintel::fail_deliberately+0x")) << answer.out;
    EXPECT_TRUE(answer.out.contains("panic: rip    ffffffff8") || answer.out.contains("panic: rip    0000000000000000"))
        << answer.out;
}

constexpr Fault faults[] = {
    {"null", "page fault: wrote to 0x0000000000000008, which is not mapped", "::write_to_null+0x"},
    {"read-only", "page fault: wrote to 0xffffffff8", "::write_to_a_constant+0x"},
    {"execute-data", "page fault: executed at 0xffffffff8", "::execute_data+0x"},
    {"jump-null", "page fault: executed at 0x0000000000000000, which is not mapped", "::jump_to_null+0x"},
    {"non-canonical", "general protection fault", "::read_where_no_address_is+0x"},
    {"divide", "division error", "lintel::arch::divide_by_zero+0x"},
    {"invalid", "invalid instruction", "lintel::arch::execute_invalid_instruction+0x"},
    {"double", "double fault", "lintel::arch::fault_twice+0x"},
};

INSTANTIATE_TEST_SUITE_P(Kernel, Faults, testing::ValuesIn(faults), [](const auto& info) {
    std::string name = info.param.name;
    std::ranges::replace(name, '-', '_');
    return name;
});

TEST(Fault, a_stack_overflow_is_named_as_such_with_whose_it_is) {
    auto answer =
        lintel({"run", "--firmware", "direct", "--until-halt", "--timeout", "60", "--cmdline", "fault=stack"});
    EXPECT_EQ(answer.code, 3) << answer.err;
    EXPECT_TRUE(answer.out.contains("panic: overflow of the main stack: page fault: wrote to 0xffffff00000"))
        << answer.out;
    EXPECT_TRUE(answer.out.contains("::use_the_stack_up+0x")) << answer.out;
    EXPECT_TRUE(answer.out.contains(", 32 times in a row")) << answer.out;
}

class TrapStacks : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(TrapStacks, that_overflow_are_named_by_what_is_handled_on_them) {
    const auto& [fault, name] = GetParam();
    for (const char* processor : {"0", "3"}) {
        auto answer = lintel({"run", "--firmware", "direct", "--until-halt", "--timeout", "60", "--cpus", "4",
                              "--cmdline", std::string("fault=stack-") + fault + "@" + processor});
        EXPECT_EQ(answer.code, 3) << answer.err;
        EXPECT_TRUE(answer.out.contains(std::string("panic: overflow of the ") + name +
                                        " stack: page fault: wrote to 0xffffff0000"))
            << answer.out;
        EXPECT_TRUE(answer.out.contains(std::string("panic: on processor ") + processor + "\n")) << answer.out;
        EXPECT_TRUE(answer.out.contains("::use_the_stack_up+0x")) << answer.out;
        EXPECT_FALSE(answer.out.contains("within the panic")) << answer.out;
    }
}

INSTANTIATE_TEST_SUITE_P(Kernel, TrapStacks,
                         testing::Values(std::pair("double-fault", "double fault"), std::pair("nmi", "NMI"),
                                         std::pair("machine-check", "machine check"),
                                         std::pair("page-fault", "page fault")),
                         [](const auto& info) {
                             std::string name = info.param.first;
                             std::ranges::replace(name, '-', '_');
                             return name;
                         });

/// Of a trap, the number of its stack among the processor's.
class OwnStacks : public testing::TestWithParam<std::pair<const char*, int>> {};

TEST_P(OwnStacks, are_what_their_traps_are_handled_on) {
    const auto& [fault, number] = GetParam();
    const std::string top =
        "'lintel::(anonymous namespace)::boot_processor'.trap_stacks.__elems_[" + std::to_string(number) + "].value_";
    auto answer = lintel(
        {"debug", "--batch", "--firmware", "direct", "--kernel", kernel(), "--cmdline", std::string("fault=") + fault,
         "--break", "lintel::panic_in_trap", "--command",
         "printf \"the frame is %lu KiB below the stack's top\\n\", (" + top + " - (unsigned long)&frame) / 1024"});
    EXPECT_TRUE(answer.out.contains("the frame is 0 KiB below the stack's top")) << answer.out << answer.err;
}

INSTANTIATE_TEST_SUITE_P(Kernel, OwnStacks,
                         testing::Values(std::pair("double", 0), std::pair("nmi", 1), std::pair("vector-18", 2),
                                         std::pair("null", 3)),
                         [](const auto& info) {
                             std::string name = info.param.first;
                             std::ranges::replace(name, '-', '_');
                             return name;
                         });

TEST(Fault, a_breakpoint_returns) {
    auto answer =
        lintel({"run", "--firmware", "direct", "--until-halt", "--timeout", "60", "--cmdline", "fault=breakpoint"});
    EXPECT_EQ(answer.code, 0) << answer.err << answer.out;
    EXPECT_TRUE(answer.out.contains("kernel: breakpoint before 0xffffffff8")) << answer.out;
    EXPECT_TRUE(answer.out.contains("kernel: survived: a breakpoint, which returns")) << answer.out;
}

}  // namespace
}  // namespace lintel::end_to_end
