// What the kernel says about an exception, from the numbers that the processor gives.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "arch/x86_64/trap_frame.hpp"

namespace lintel::arch {
namespace {

std::string words(std::uint64_t vector, std::uint64_t error_code = 0, std::uint64_t cr2 = 0) {
    TrapFrame frame{};
    frame.vector = vector;
    frame.error_code = error_code;
    frame.cr2 = cr2;
    return std::string(describe(frame).text());
}

TEST(TrapWords, page_fault_says_what_was_done_and_why_that_failed) {
    EXPECT_EQ(words(14, 0, 0x10), "page fault: read from 0x0000000000000010, which is not mapped");
    EXPECT_EQ(words(14, 2, 0x10), "page fault: wrote to 0x0000000000000010, which is not mapped");
    EXPECT_EQ(words(14, 3, 0x10), "page fault: wrote to 0x0000000000000010, which is read-only");
    EXPECT_EQ(words(14, 0x11, 0x10), "page fault: executed at 0x0000000000000010, which is not executable");
    EXPECT_EQ(words(14, 0x10, 0), "page fault: executed at 0x0000000000000000, which is not mapped");
    EXPECT_EQ(words(14, 5, 0x10), "page fault: user mode read from 0x0000000000000010, which is not accessible");
    EXPECT_EQ(words(14, 9, 0x10),
              "page fault: read from 0x0000000000000010, whose page-table entry has a reserved bit set");
    EXPECT_EQ(words(14, 0x21, 0x10), "page fault: read from 0x0000000000000010, which a protection key forbids");
    EXPECT_EQ(words(14, 0x43, 0x10), "page fault: wrote to the shadow stack at 0x0000000000000010, which is read-only");
}

TEST(TrapWords, protection_fault_names_the_selector_where_one_is_to_blame) {
    EXPECT_EQ(words(13), "general protection fault");
    EXPECT_EQ(words(13, 0x28), "general protection fault: GDT entry 5");
    EXPECT_EQ(words(13, 0x2c), "general protection fault: LDT entry 5");
    EXPECT_EQ(words(13, 0x80 * 8 + 2), "general protection fault: interrupt vector 128");
    EXPECT_EQ(words(11, 0x33), "segment not present: interrupt vector 6, while delivering another event");
}

TEST(TrapWords, control_protection_fault_names_the_kind) {
    EXPECT_EQ(words(21, 3), "control protection fault: missing ENDBRANCH");
    EXPECT_EQ(words(21, 0x8001), "control protection fault: near return");
    EXPECT_EQ(words(21, 77), "control protection fault: unknown");
}

TEST(TrapWords, every_exception_has_a_name_of_its_own) {
    std::set<std::string> seen;
    for (unsigned vector = 0; vector < exception_count; ++vector) {
        EXPECT_FALSE(words(vector).empty()) << vector;
        EXPECT_TRUE(seen.insert(words(vector)).second) << vector;
    }
    EXPECT_EQ(words(32), "interrupt 32");
    EXPECT_EQ(words(255), "interrupt 255");
}

TEST(TrapWords, facts_tell_the_traps_apart_that_a_kernel_treats_differently) {
    auto trap = [](std::uint64_t vector) {
        TrapFrame frame{};
        frame.vector = vector;
        return facts_of(frame).trap;
    };
    EXPECT_EQ(trap(0), Trap::exception);
    EXPECT_EQ(trap(2), Trap::non_maskable_interrupt);
    EXPECT_EQ(trap(3), Trap::breakpoint);
    EXPECT_EQ(trap(8), Trap::double_fault);
    EXPECT_EQ(trap(14), Trap::page_fault);
    EXPECT_EQ(trap(18), Trap::machine_check);
    EXPECT_EQ(trap(31), Trap::exception);
    EXPECT_EQ(trap(32), Trap::interrupt);
}

TEST(TrapWords, registers_are_what_the_frame_holds) {
    TrapFrame frame{};
    frame.rax = 1;
    frame.r15 = 2;
    frame.rip = 3;
    frame.error_code = 4;
    std::map<std::string_view, std::uint64_t> values;
    for (const NamedRegister& one : registers_of(frame))
        if (!one.name.empty()) values[one.name] = one.value;
    EXPECT_EQ(values.size(), 23U);
    EXPECT_EQ(values["rax"], 1U);
    EXPECT_EQ(values["r15"], 2U);
    EXPECT_EQ(values["rip"], 3U);
    EXPECT_EQ(values["error"], 4U);
}

}  // namespace
}  // namespace lintel::arch
