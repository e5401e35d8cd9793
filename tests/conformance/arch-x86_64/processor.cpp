// The processor as the loader left it: registers, descriptors, control registers, stack and caching.
// Invariant: nothing here changes what it judges, but for the address line 20, which is put back.
#include <array>

#include "arch/x86_64/cpuid.hpp"
#include "arch/x86_64/ports.hpp"
#include "arch/x86_64/registers.hpp"
#include "base/address.hpp"
#include "tests/conformance/arch-x86_64/entry_state.hpp"
#include "tests/conformance/arch-x86_64/paging_levels.hpp"
#include "tests/conformance/kernel.hpp"
#include "tests/conformance/memory.hpp"

namespace lintel::conformance {

constinit EntryState entry_state{};

namespace {

using enum limine::MemoryType;

constexpr std::uint32_t msr_fs_base = 0xc0000100;
constexpr std::uint32_t msr_gs_base = 0xc0000101;
constexpr std::uint64_t cr0_named = 0x80010011;  // PG, WP, ET, PE
constexpr std::uint64_t efer_named = arch::efer_long_mode_enable | arch::efer_long_mode_active | arch::efer_no_execute;

void judge_registers(Report& report) {
    constexpr std::array names = {"rax is 0", "rbx is 0", "rcx is 0", "rdx is 0", "rsi is 0",
                                  "rdi is 0", "rbp is 0", "r8 is 0",  "r9 is 0",  "r10 is 0",
                                  "r11 is 0", "r12 is 0", "r13 is 0", "r14 is 0", "r15 is 0"};
    for (std::size_t i = 0; i < names.size(); ++i)
        report.promise(names[i], entry_state.registers[i] == 0, "it is {:x}", entry_state.registers[i]);

    report.promise("IF is clear", (entry_state.flags & 1 << 9) == 0);
    report.promise("VM is clear", (entry_state.flags & 1 << 17) == 0);
    report.promise("the direction flag is clear", (entry_state.flags & 1 << 10) == 0);
    if (asked_revision >= 5) report.promise("RFLAGS is 2", entry_state.flags == 2, "it is {:x}", entry_state.flags);
}

void judge_segments(Report& report) {
    constexpr std::array names = {"CS is 0x28", "DS is 0x30", "ES is 0x30", "SS is 0x30", "FS is 0x30", "GS is 0x30"};
    for (std::size_t i = 0; i < names.size(); ++i)
        report.promise(names[i], entry_state.segments[i] == (i == 0 ? 0x28 : 0x30), "it is {:x}",
                       entry_state.segments[i]);
    report.promise("the base of FS is 0", arch::read_msr(msr_fs_base) == 0);
    report.promise("the base of GS is 0", arch::read_msr(msr_gs_base) == 0);
}

/// The fields of a code or data descriptor that the specification fixes (Intel SDM vol. 3A, 3.4.5).
struct Descriptor {
    std::uint64_t bits;
    [[nodiscard]] std::uint64_t base() const { return (bits >> 16 & 0xffffff) | (bits >> 56 << 24); }
    [[nodiscard]] std::uint64_t limit() const {
        std::uint64_t units = (bits & 0xffff) | (bits >> 32 & 0xf0000);
        return (bits >> 55 & 1) != 0 ? units << 12 | 0xfff : units;
    }
    [[nodiscard]] bool present() const { return (bits >> 47 & 1) != 0; }
    [[nodiscard]] bool memory() const { return (bits >> 44 & 1) != 0; }
    [[nodiscard]] bool code() const { return memory() && (bits >> 43 & 1) != 0; }
    [[nodiscard]] bool readable_or_writable() const { return (bits >> 41 & 1) != 0; }
    [[nodiscard]] unsigned privilege() const { return bits >> 45 & 3; }
    [[nodiscard]] bool long_mode() const { return (bits >> 53 & 1) != 0; }
    [[nodiscard]] bool wide() const { return (bits >> 54 & 1) != 0; }
};

struct WantedDescriptor {
    std::string_view words;
    bool code;
    unsigned width;  // bits
    std::uint64_t limit;
};

bool matches(Descriptor found, const WantedDescriptor& wanted) {
    bool kind = found.present() && found.memory() && found.code() == wanted.code && found.privilege() == 0 &&
                found.readable_or_writable() && found.base() == 0;
    // The size of a 64-bit data descriptor's operands means nothing.
    bool width = found.long_mode() == (wanted.code && wanted.width == 64) &&
                 (wanted.width == 64 || found.wide() == (wanted.width == 32));
    return kind && width && (wanted.width == 64 || found.limit() == wanted.limit);
}

void judge_descriptor_tables(Report& report) {
    constexpr std::array<WantedDescriptor, 6> wanted = {{
        {"GDT entry 1 is 16-bit code, base 0, limit 0xffff, readable", true, 16, 0xffff},
        {"GDT entry 2 is 16-bit data, base 0, limit 0xffff, writable", false, 16, 0xffff},
        {"GDT entry 3 is 32-bit code, base 0, limit 0xffffffff, readable", true, 32, 0xffffffff},
        {"GDT entry 4 is 32-bit data, base 0, limit 0xffffffff, writable", false, 32, 0xffffffff},
        {"GDT entry 5 is 64-bit code, base 0, readable", true, 64, 0},
        {"GDT entry 6 is 64-bit data, base 0, writable", false, 64, 0},
    }};
    const TableRegister table = entry_state.global_table;
    const auto* entries = DirectMap().pointer<const std::uint64_t>(PhysAddr(table.base));
    const std::uint64_t size = std::uint64_t{table.limit} + 1;
    bool reclaimable = report.promise("the GDT lies in bootloader-reclaimable memory",
                                      points_into(entries, size, bootloader_reclaimable), "its base is {:x}",
                                      std::uint64_t{table.base});
    bool long_enough = report.promise("the GDT has at least seven entries", size >= 7 * 8, "its limit is {:x}",
                                      std::uint64_t{table.limit});
    bool readable = reclaimable || is_mapped(entries, size);
    report.promise("GDT entry 0 is null", readable && entries[0] == 0);
    for (std::size_t i = 0; i < wanted.size(); ++i)
        report.promise(wanted[i].words, readable && long_enough && matches(Descriptor{entries[i + 1]}, wanted[i]),
                       "it is {:x}", readable && long_enough ? entries[i + 1] : 0);
    if (asked_revision < 5) return;

    const std::uint64_t task = entry_state.task_register & ~7U;
    bool in_table = readable && task + 16 <= size;
    Descriptor segment{in_table ? entries[task / 8] : 0};
    // That there is no TSS follows; a descriptor of nothing, which LTR wants to see present, may stay in the table.
    report.promise("the task register has base 0 and limit 0: there is no TSS",
                   segment.base() == 0 && segment.limit() == 0 && (!in_table || entries[task / 8 + 1] == 0),
                   "selector {:x}, descriptor {:x}", task, segment.bits);
    report.promise("the LDTR holds the null selector", (entry_state.local_table & ~3U) == 0, "it is {:x}",
                   std::uint64_t{entry_state.local_table});
    report.promise("the IDTR has base 0", entry_state.interrupt_table.base == 0, "it is {:x}",
                   std::uint64_t{entry_state.interrupt_table.base});
    report.promise("the IDTR has limit 0", entry_state.interrupt_table.limit == 0, "it is {:x}",
                   std::uint64_t{entry_state.interrupt_table.limit});
}

void judge_control_registers(Report& report) {
    const std::uint64_t cr0 = entry_state.cr0;
    const std::uint64_t cr4 = entry_state.cr4;
    const std::uint64_t efer = arch::read_msr(arch::msr_efer);
    report.promise("PE is set in cr0", (cr0 & 1) != 0);
    report.promise("ET is set in cr0", (cr0 & 1 << 4) != 0);
    report.promise("WP is set in cr0", (cr0 & 1 << 16) != 0);
    report.promise("PG is set in cr0", (cr0 & std::uint64_t{1} << 31) != 0);
    report.promise("PAE is set in cr4", (cr4 & arch::cr4_pae) != 0);
    report.promise("LME is set in EFER", (efer & arch::efer_long_mode_enable) != 0);
    report.promise("LMA is set in EFER", (efer & arch::efer_long_mode_active) != 0);
    constexpr std::string_view no_execute_words = "NXE is set in EFER";
    if (has_no_execute())
        report.promise(no_execute_words, (efer & arch::efer_no_execute) != 0);
    else
        report.skip(no_execute_words, without_no_execute);
    if (asked_revision < 5) return;
    report.promise("all other bits of cr0 are clear", (cr0 & ~cr0_named) == 0, "it is {:x}", cr0);
    report.promise("all other bits of cr4 are clear", (cr4 & ~(arch::cr4_pae | arch::cr4_la57)) == 0, "it is {:x}",
                   cr4);
    report.promise("all other bits of EFER are clear", (efer & ~efer_named) == 0, "it is {:x}", efer);
}

void judge_stack(Report& report, const Wanted& wanted) {
    const std::uint64_t pointer = entry_state.stack_pointer;
    // The return address is the first thing on the stack.
    const std::uint64_t top = pointer + 8;
    const auto* bottom = DirectMap().pointer<const std::byte>(PhysAddr(top - wanted.stack_size));
    std::string_view words =
        wanted.stack_size > 65536
            ? std::string_view("the stack has the size asked for, in bootloader-reclaimable memory")
            : "the stack has at least 64 KiB, in bootloader-reclaimable memory";
    report.promise(words, points_into(bottom, wanted.stack_size, bootloader_reclaimable), "rsp is {:x}", pointer);
    report.promise("the return address on the stack is 0", entry_state.return_address == 0, "it is {:x}",
                   entry_state.return_address);
    report.section("General Notes");
    report.promise("the stack is aligned as the System V ABI has it at a function's entry", pointer % 16 == 8,
                   "rsp is {:x}", pointer);
}

void judge_page_attributes(Report& report) {
    struct Attribute {
        std::string_view words;
        std::uint64_t encoding;
    };
    // Encodings: Intel SDM vol. 3A, table 12-10.
    constexpr std::array<Attribute, 6> wanted = {{{"PAT0 is WB", 6},
                                                  {"PAT1 is WT", 4},
                                                  {"PAT2 is UC-", 7},
                                                  {"PAT3 is UC", 0},
                                                  {"PAT4 is WP", 5},
                                                  {"PAT5 is WC", 1}}};
    const std::uint64_t attributes = arch::read_msr(arch::msr_pat);
    for (std::size_t i = 0; i < wanted.size(); ++i)
        report.promise(wanted[i].words, (attributes >> (8 * i) & 7) == wanted[i].encoding, "the PAT is {:x}",
                       attributes);
}

/// Two words of usable memory whose addresses differ in bit 20 alone are two words only where line 20 is let through.
void judge_address_line(Report& report) {
    constexpr std::string_view words = "the A20 gate is open";
    constexpr std::uint64_t bit = 1 << 20;
    for (const auto* entry : memory_map()) {
        std::uint64_t even = align_up(entry->base, 2 * bit);
        if (entry->type != usable || !lies_in({even, bit + 8}, usable)) continue;
        DirectMap memory(direct_map_offset());
        // Safety: usable memory is the kernel's, and in the direct map.
        auto* low = memory.pointer<volatile std::uint64_t>(PhysAddr(even));
        auto* high = memory.pointer<volatile std::uint64_t>(PhysAddr(even + bit));
        *low = 1;
        *high = 2;
        report.promise(words, *low == 1 && *high == 2);
        return;
    }
    report.skip(words, "no usable memory on both sides of the line");
}

}  // namespace

bool has_five_levels() { return (arch::cpuid(7).c & 1 << 16) != 0; }

void judge_processor(Report& report, const Wanted& wanted) {
    report.section("Machine State at Entry");
    report.promise(wanted.entry_point ? std::string_view("rip comes from the Entry Point request")
                                      : "rip is the executable file's entry point",
                   (entry_state.by_request == 1) == wanted.entry_point);
    judge_registers(report);
    judge_segments(report);
    judge_descriptor_tables(report);
    judge_control_registers(report);
    judge_address_line(report);
    report.promise("all IRQs are masked in the first PIC", arch::in8(0x21) == 0xff);
    report.promise("all IRQs are masked in the second PIC", arch::in8(0xa1) == 0xff);
    judge_stack(report, wanted);
    report.section("Caching");
    judge_page_attributes(report);
}

}  // namespace lintel::conformance
