// Traps in words. Nothing here touches the machine, so that tests on the host cover it.
// Invariant: every vector has a name, and every bit of an error code that the manuals define has a word.
#include "arch/x86_64/trap_frame.hpp"

namespace lintel::arch {
namespace {

/// Intel SDM vol. 3A, table 6-1; 28 to 30 are AMD's (APM vol. 2, 8.2.23 to 8.2.25).
constexpr std::array<std::string_view, exception_count> names = {
    "division error",
    "debug exception",
    "non-maskable interrupt",
    "breakpoint",
    "overflow",
    "bound range exceeded",
    "invalid instruction",
    "no floating-point unit",
    "double fault",
    "coprocessor segment overrun",
    "invalid task state segment",
    "segment not present",
    "stack segment fault",
    "general protection fault",
    "page fault",
    "reserved exception 15",
    "x87 floating-point error",
    "misaligned access",
    "machine check",
    "SIMD floating-point exception",
    "virtualization exception",
    "control protection fault",
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

/// Page-fault error code (Intel SDM vol. 3A, figure 4-12).
constexpr std::uint64_t was_present = 1 << 0;
constexpr std::uint64_t was_write = 1 << 1;
constexpr std::uint64_t was_user = 1 << 2;
constexpr std::uint64_t reserved_bit = 1 << 3;
constexpr std::uint64_t was_fetch = 1 << 4;
constexpr std::uint64_t protection_key = 1 << 5;
constexpr std::uint64_t shadow_stack = 1 << 6;

bool is(const TrapFrame& frame, Vector vector) { return frame.vector == static_cast<std::uint64_t>(vector); }

std::string_view reason_of_page_fault(std::uint64_t code) {
    if ((code & reserved_bit) != 0) return "whose page-table entry has a reserved bit set";
    if ((code & was_present) == 0) return "which is not mapped";
    if ((code & protection_key) != 0) return "which a protection key forbids";
    if ((code & was_fetch) != 0) return "which is not executable";
    if ((code & was_write) != 0) return "which is read-only";
    return "which is not accessible";
}

void describe_page_fault(TextBuffer<192>& words, const TrapFrame& frame) {
    const std::uint64_t code = frame.error_code;
    std::string_view did = "read from";
    if ((code & was_write) != 0) did = "wrote to";
    if ((code & was_fetch) != 0) did = "executed at";
    print(words, ": {}{}{} {}, {}", (code & was_user) != 0 ? "user mode " : "", did,
          (code & shadow_stack) != 0 ? " the shadow stack at" : "", VirtAddr(frame.cr2), reason_of_page_fault(code));
}

/// Selector error code (Intel SDM vol. 3A, 6.13).
void describe_selector(TextBuffer<192>& words, std::uint64_t code) {
    if (code == 0) return;
    const std::uint64_t index = code >> 3;
    const bool in_interrupt_table = (code & 2) != 0;
    const std::string_view table = in_interrupt_table ? "interrupt vector"
                                   : (code & 4) != 0  ? "LDT entry"
                                                      : "GDT entry";
    print(words, ": {} {}{}", table, index, (code & 1) != 0 ? ", while delivering another event" : "");
}

/// Error code of #CP (Intel SDM vol. 3A, 6.15, interrupt 21).
void describe_control_protection(TextBuffer<192>& words, std::uint64_t code) {
    constexpr std::array<std::string_view, 6> kinds = {
        "unknown", "near return", "far return", "missing ENDBRANCH", "shadow-stack restore", "shadow-stack busy"};
    const std::uint64_t kind = code & 0x7fff;
    print(words, ": {}", kind < kinds.size() ? kinds[kind] : kinds[0]);
}

}  // namespace

TrapFacts facts_of(const TrapFrame& frame) {
    TrapFacts facts{.trap = frame.vector < exception_count ? Trap::exception : Trap::interrupt,
                    .vector = static_cast<unsigned>(frame.vector),
                    .instruction = VirtAddr(frame.rip),
                    .stack = VirtAddr(frame.rsp),
                    .frame = VirtAddr(frame.rbp)};
    if (is(frame, Vector::breakpoint)) facts.trap = Trap::breakpoint;
    if (is(frame, Vector::page_fault)) {
        facts.trap = Trap::page_fault;
        facts.not_mapped = (frame.error_code & was_present) == 0;
    }
    if (is(frame, Vector::double_fault)) facts.trap = Trap::double_fault;
    if (is(frame, Vector::non_maskable_interrupt)) facts.trap = Trap::non_maskable_interrupt;
    if (is(frame, Vector::machine_check)) facts.trap = Trap::machine_check;
    if (facts.trap == Trap::page_fault || facts.trap == Trap::double_fault) facts.address = VirtAddr(frame.cr2);
    return facts;
}

TextBuffer<192> describe(const TrapFrame& frame) {
    TextBuffer<192> words;
    if (frame.vector >= exception_count) {
        print(words, "interrupt {}", frame.vector);
        return words;
    }
    words.write(names[frame.vector]);
    if (is(frame, Vector::page_fault)) describe_page_fault(words, frame);
    if (is(frame, Vector::control_protection)) describe_control_protection(words, frame.error_code);
    for (Vector vector :
         {Vector::invalid_tss, Vector::segment_not_present, Vector::stack_fault, Vector::general_protection})
        if (is(frame, vector)) describe_selector(words, frame.error_code);
    return words;
}

std::array<NamedRegister, 24> registers_of(const TrapFrame& frame) {
    return {{{"rax", frame.rax}, {"rbx", frame.rbx},       {"rcx", frame.rcx},         {"rdx", frame.rdx},
             {"rsi", frame.rsi}, {"rdi", frame.rdi},       {"rbp", frame.rbp},         {"rsp", frame.rsp},
             {"r8", frame.r8},   {"r9", frame.r9},         {"r10", frame.r10},         {"r11", frame.r11},
             {"r12", frame.r12}, {"r13", frame.r13},       {"r14", frame.r14},         {"r15", frame.r15},
             {"rip", frame.rip}, {"rflags", frame.rflags}, {"cs", frame.cs},           {"ss", frame.ss},
             {"cr2", frame.cr2}, {"vector", frame.vector}, {"error", frame.error_code}}};
}

}  // namespace lintel::arch
