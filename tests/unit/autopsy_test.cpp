// The autopsy's parts, on made-up machines: what QEMU says, page tables, instructions, causes, names in a stream.
#include "runner/autopsy/autopsy.hpp"

#include <gtest/gtest.h>

#include <map>

#include "runner/autopsy/exceptions.hpp"
#include "runner/autopsy/find_slide.hpp"
#include "runner/autopsy/instruction.hpp"
#include "runner/autopsy/symbolizer.hpp"

namespace lintel::runner {
namespace {

constexpr std::string_view log_of_null_pointer =
    "CPU Reset (CPU 0)\nEAX=00000000\n"
    "     0: v=20 e=0000 i=0 cpl=0 IP=0028:ffffffff80001000 pc=ffffffff80001000 SP=0030:ffff80001ff5cff8 "
    "env->regs[R_EAX]=0000000000000000\n"
    "check_exception old: 0xffffffff new 0xe\n"
    "     1: v=0e e=0002 i=0 cpl=0 IP=0028:ffffffff80001234 pc=ffffffff80001234 SP=0030:ffff80001ff5cff0 "
    "CR2=0000000000000008\nRAX=0000000000000000 RBX=1\n"
    "check_exception old: 0xe new 0xd\n"
    "     2: v=08 e=0000 i=0 cpl=0 IP=0028:ffffffff80001234 pc=ffffffff80001234 SP=0030:ffff80001ff5cff0 "
    "env->regs[R_EAX]=0000000000000000\n"
    "check_exception old: 0x8 new 0xd\nTriple fault\n";

TEST(FaultLog, the_chain_of_a_triple_fault_begins_with_what_went_wrong) {
    const FaultHistory history = parse_faults(log_of_null_pointer);
    ASSERT_TRUE(history.triple_fault);
    const auto chain = last_chain(history);
    ASSERT_EQ(chain.size(), 2U);
    EXPECT_EQ(chain[0].vector, 14U);
    EXPECT_EQ(chain[0].error, 2U);
    EXPECT_EQ(chain[0].instruction, 0xffffffff80001234U);
    EXPECT_EQ(chain[0].stack, 0xffff80001ff5cff0U);
    EXPECT_EQ(chain[0].address, 8U);
    EXPECT_EQ(chain[1].vector, 8U);
}

TEST(FaultLog, an_exception_whose_gate_is_bad_comes_before_the_protection_fault_about_that) {
    const std::string place = " i=0 cpl=0 IP=0028:ffffffff80001000 pc=0 SP=0030:ffff800000001000 X\n";
    const FaultHistory history = parse_faults("0: v=0e e=0000" + place + "1: v=06 e=0000" + place + "2: v=0d e=0062" +
                                              place + "3: v=08 e=0000" + place + "Triple fault\n");
    const auto chain = last_chain(history);
    ASSERT_EQ(chain.size(), 3U);
    EXPECT_EQ(chain[0].vector, 6U);
}

TEST(FaultLog, without_a_triple_fault_at_its_end_there_is_no_chain) {
    EXPECT_TRUE(last_chain(parse_faults("")).empty());
    EXPECT_TRUE(last_chain(parse_faults("Triple fault\n")).empty());
    EXPECT_TRUE(last_chain(parse_faults(std::string(log_of_null_pointer) +
                                        "0: v=20 e=0000 i=0 cpl=0 IP=0028:1 pc=1 SP=0030:2 X\n"))
                    .empty());
    EXPECT_TRUE(parse_faults("     1: v=0e e=00").faults.empty());
}

constexpr std::string_view dump =
    "\nCPU#0\nRAX=0000000000000001 RBX=0000000000000002 RCX=0000000000000003 RDX=0000000000000004\n"
    "RSI=0000000000000005 RDI=0000000000000006 RBP=0000000000000007 RSP=ffff800000002000\n"
    "R8 =0000000000000008 R9 =0000000000000009 R10=000000000000000a R11=000000000000000b\n"
    "R12=000000000000000c R13=000000000000000d R14=000000000000000e R15=000000000000000f\n"
    "RIP=ffffffff80001000 RFL=00000202 [-------] CPL=0 II=0 A20=1 SMM=0 HLT=0\n"
    "ES =0030 0000000000000000 00000000 00009300 DPL=0 DS   [-WA]\n"
    "CS =0028 0000000000000000 00000000 00209b00 DPL=0 CS64 [-RA]\n"
    "SS =0030 0000000000000000 00000000 00009300 DPL=0 DS   [-WA]\n"
    "GDT=     ffff80001ff6a410 00000037\nIDT=     0000000000001230 00000fff\n"
    "CR0=80010011 CR2=0000000000000008 CR3=0000000000001000 CR4=00000020\n"
    "DR0=0000000000000000 DR6=00000000ffff0ff0 DR7=0000000000000400\nEFER=0000000000000d00\n";

TEST(RegisterDump, has_every_register) {
    auto processors = parse_register_dump(std::string(dump) + "\nCPU#1\nEAX=00000000\n");
    ASSERT_EQ(processors.size(), 1U) << "the second one's block is not whole";
    const Registers& one = processors[0];
    EXPECT_EQ(one.general[0], 1U);
    EXPECT_EQ(one.general[8], 8U);
    EXPECT_EQ(one.general[15], 15U);
    EXPECT_EQ(one.stack(), 0xffff800000002000U);
    EXPECT_EQ(one.instruction, 0xffffffff80001000U);
    EXPECT_TRUE(one.interrupts_on() && one.long_mode() && !one.halted);
    EXPECT_EQ(one.code_segment, 0x28U);
    EXPECT_EQ(one.interrupts.base, 0x1230U);
    EXPECT_EQ(one.interrupts.limit, 0xfffU);
    EXPECT_EQ(one.cr2, 8U);
    EXPECT_TRUE(parse_register_dump("nonsense").empty());
}

/// Physical memory with page tables: the PML4 is at 0x1000.
class FakeMemory {
public:
    void put(std::uint64_t address, std::uint64_t value) { pages_[address & ~0xfffULL][address % 4096 / 8] = value; }
    [[nodiscard]] GuestMemory guest(std::uint64_t cr4 = 0x20) const {
        return GuestMemory(
            [this](std::uint64_t page) -> std::optional<GuestMemory::Page> {
                auto found = pages_.find(page);
                if (found == pages_.end()) return std::nullopt;
                return found->second;
            },
            {.cr3 = 0x1000, .cr4 = cr4, .extended_features = 0xd00});
    }

private:
    std::map<std::uint64_t, GuestMemory::Page> pages_{};
};

FakeMemory kernel_tables() {
    FakeMemory memory;
    memory.put(0x1000 + 511 * 8, 0x2003);
    memory.put(0x2000 + 510 * 8, 0x3003);
    memory.put(0x3000 + 0, 0x4003);                  // 0xffffffff80000000
    memory.put(0x4000 + 1 * 8, 0x5001);              // read-only
    memory.put(0x4000 + 2 * 8, 0x8000000000006003);  // not executable
    memory.put(0x3000 + 1 * 8, 0x400083);            // a page of 2 MiB
    memory.put(0x5000, 0x1122334455667788);
    memory.put(0x5ff8, 0x99);
    memory.put(0x6000, 0xaa);
    return memory;
}

TEST(GuestMemory, follows_the_guests_tables_and_adds_their_permissions_up) {
    const FakeMemory memory = kernel_tables();
    const GuestMemory guest = memory.guest();
    const Mapping code = guest.walk(0xffffffff80001010);
    EXPECT_EQ(code.physical, 0x5010U);
    EXPECT_TRUE(!code.writable && code.executable && !code.user);
    const Mapping data = guest.walk(0xffffffff80002000);
    EXPECT_TRUE(data.writable && !data.executable);
    EXPECT_EQ(guest.walk(0xffffffff80212345).physical, 0x412345U);
    EXPECT_EQ(guest.walk(0xffffffff80003000).level, 1);
    EXPECT_EQ(guest.walk(0x1000).level, 4);
    EXPECT_FALSE(guest.walk(0x1000).mapped());
    EXPECT_FALSE(guest.walk(0x4141414141414141).canonical);
    EXPECT_EQ(guest.word(0xffffffff80001000), 0x1122334455667788U);
    EXPECT_EQ(guest.bytes(0xffffffff80001ff8, 100).size(), 100U) << "across a page's end";
    EXPECT_EQ(guest.bytes(0xffffffff80002ff8, 100).size(), 8U);
    EXPECT_FALSE(guest.word(0xffffffff80003000));
}

TEST(GuestMemory, tables_that_point_nowhere_or_at_themselves_end_the_walk) {
    FakeMemory memory;
    memory.put(0x1000, 0x7fff003);   // no memory there
    memory.put(0x1000 + 8, 0x1003);  // itself
    const GuestMemory guest = memory.guest();
    EXPECT_FALSE(guest.walk(0).mapped());
    [[maybe_unused]] auto itself = guest.walk(0x8040201000);
    EXPECT_FALSE(guest.any_run(0, 0x1000000, [](std::uint64_t) { return true; }));
}

TEST(GuestMemory, knows_five_levels) {
    FakeMemory memory;
    memory.put(0x1000 + 511 * 8, 0x8003);
    memory.put(0x8000 + 511 * 8, 0x2003);
    memory.put(0x2000 + 510 * 8, 0x3003);
    memory.put(0x3000, 0x83);
    EXPECT_EQ(memory.guest(0x1020).walk(0xffffffff80001234).physical, 0x1234U);
    EXPECT_TRUE(memory.guest(0x1020).canonical(0xff11000000000000));
    EXPECT_FALSE(memory.guest().canonical(0xff11000000000000));
}

TEST(GuestMemory, finds_where_runs_of_pages_begin) {
    const FakeMemory memory = kernel_tables();
    std::vector<std::uint64_t> runs;
    memory.guest().any_run(0xffffffff80000000, 0, [&](std::uint64_t begin) {
        runs.push_back(begin);
        return false;
    });
    EXPECT_EQ(runs, (std::vector<std::uint64_t>{0xffffffff80001000, 0xffffffff80200000}));
}

TEST(GuestMemory, a_page_of_the_monitors_is_512_words_or_none) {
    std::string text;
    for (int line = 0; line < 256; ++line)
        text += fmt::format("{:016x}: 0x{:016x} 0x{:016x}\r\n", line * 16, line * 2, line * 2 + 1);
    auto page = parse_page(text);
    ASSERT_TRUE(page);
    EXPECT_EQ((*page)[511], 511U);
    EXPECT_FALSE(parse_page(text + "0000: 0x1"));
    EXPECT_FALSE(parse_page("Cannot access memory"));
}

Registers registers_with(std::size_t number, std::uint64_t value) {
    Registers registers{};
    registers.instruction = 0xffffffff80001000;
    registers.general[number] = value;
    return registers;
}

TEST(Instructions, have_their_operands_address) {
    auto one =
        parse_instruction("0x1000:  c7 40 08 01 00 00 00     movl     $1, 8(%rax)\r\n", registers_with(0, 0x100));
    EXPECT_EQ(one.text, "movl $1, 8(%rax)");
    EXPECT_EQ(one.length, 7U);
    EXPECT_EQ(one.operand, 0x108U);
    EXPECT_EQ(parse_instruction("0x0:  8b 00  movl -0x10(%rbx, %rbx, 4), %eax", registers_with(1, 0x20)).operand,
              0x20U + 4 * 0x20 - 0x10);
    EXPECT_EQ(parse_instruction("0x0:  8b 05  movl 0x10(%rip), %eax", registers_with(0, 0)).operand,
              0xffffffff80001012U);
    EXPECT_EQ(parse_instruction("0x0:  8d 00  leaq 8(%rax), %rax", registers_with(0, 1)).operand, std::nullopt);
    EXPECT_EQ(parse_instruction("0x0:  8b 00  movq %gs:(%rax), %rax", registers_with(0, 1)).operand, std::nullopt);
    EXPECT_EQ(parse_instruction("0x0: unable to read memory", {}).text, "");
    EXPECT_EQ(parse_instruction("", {}).text, "");
}

Evidence fault(unsigned vector, std::uint64_t error = 0, std::uint64_t address = 0) {
    Evidence evidence{.chain = {{.vector = vector, .error = error, .address = address}}};
    evidence.at_address.address = address;
    return evidence;
}

std::string cause_of(const Evidence& evidence) {
    auto cause = likely_cause(evidence);
    return cause ? cause->name : "";
}

// Those that QEMU's emulation lets pass or that need devices; the others are proved in the machine.
TEST(Causes, a_misaligned_stack_is_told_by_the_instruction_and_its_operand) {
    Evidence evidence = fault(13);
    evidence.registers.general[7] = 0xffff800000001008;
    evidence.instruction = parse_instruction("0x0: 0f 29 04 24  movaps %xmm0, (%rsp)", evidence.registers);
    EXPECT_EQ(cause_of(evidence), "misaligned stack");
    evidence.instruction = parse_instruction("0x0: 0f 29 04 24  movups %xmm0, (%rsp)", evidence.registers);
    EXPECT_EQ(cause_of(evidence), "");
}

TEST(Causes, interrupts_of_devices_are_told_from_exceptions) {
    EXPECT_EQ(cause_of(fault(8)), "interrupts on before the PIC is set up");
    EXPECT_EQ(cause_of(fault(0x30)), "interrupt without a handler");
}

TEST(Causes, avx_and_x87_are_told_from_sse) {
    Evidence evidence = fault(6);
    evidence.registers.cr4 = 0x600;
    evidence.instruction.text = "vmovaps %ymm0, %ymm1";
    EXPECT_EQ(cause_of(evidence), "AVX not enabled");
    evidence = fault(7);
    EXPECT_EQ(cause_of(evidence), "SSE or x87 not enabled");
}

TEST(Causes, reserved_bits_in_a_page_table_are_named) {
    EXPECT_EQ(cause_of(fault(14, 9, 0x1000)), "broken page table");
}

TEST(Causes, one_processor_that_has_halted_disagrees_with_no_other) {
    Evidence evidence{.ending = Ending::hang};
    evidence.registers.halted = true;
    EXPECT_EQ(cause_of(evidence), "halted late");
    evidence.processors = 2;
    EXPECT_EQ(cause_of(evidence), "processors disagree");
}

TEST(Causes, every_vector_and_every_error_code_has_words) {
    for (unsigned vector = 0; vector < 256; ++vector)
        for (std::uint64_t error = 0; error < 64; ++error) {
            EXPECT_FALSE(name_of_vector(vector).empty());
            Evidence evidence = fault(vector, error, error * 0x1000);
            EXPECT_FALSE(report(evidence).text.empty());
        }
    EXPECT_EQ(describe_error({.vector = 14, .error = 7}), "a write by user code to a page that is read-only");
    EXPECT_EQ(describe_error({.vector = 13, .error = 0x1230}), "about the GDT's selector 0x1230");
}

TEST(Symbolizer, names_the_kernels_addresses_at_the_ends_of_lines_and_changes_nothing_else) {
    auto kernel = DebugInfo::open(LINTEL_KERNEL);
    ASSERT_TRUE(kernel);
    Symbolizer names(*kernel, [] { return std::nullopt; });
    const std::string line = fmt::format("at {:#018x}", kernel->entry());
    std::string text;
    for (char c : "plain 0xffff800000001000 and 0x1234\r\n" + line + "\r\nno " + line.substr(3, 10) + "\n")
        text += names.feed(std::string(1, c));
    EXPECT_TRUE(text.starts_with("plain 0xffff800000001000 and 0x1234\r\n" + line + "  <- kernel_main at ")) << text;
    EXPECT_TRUE(text.ends_with("\r\nno " + line.substr(3, 10) + "\n")) << text;
    EXPECT_EQ(names.feed(line), line) << "an unfinished line has nothing at its end";
}

}  // namespace
}  // namespace lintel::runner
