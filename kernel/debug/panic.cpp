// The one way in which the kernel gives up: why, where and who called, on serial and screen; then the halt loop.
// Invariant: a panic within a panic says less, and one within that says nothing, so that every panic ends.
#include "kernel/debug/panic.hpp"

#include <array>
#include <string_view>

#include "arch/arch.hpp"
#include "base/result.hpp"
#include "kernel/console/console.hpp"
#include "kernel/debug/backtrace.hpp"
#include "kernel/debug/symbols.hpp"
#include "kernel/hand_over.hpp"
#include "kernel/hlt_loop.hpp"
#include "kernel/image.hpp"
#include "kernel/log.hpp"
#include "kernel/memory/stacks.hpp"

namespace lintel {
namespace {

constinit VirtAddr outermost_frame;
constinit int depth = 0;

/// Counts the panics, and ends those that come from a panic.
void begin_panic(std::string_view why) {
    arch::disable_interrupts();
    ++depth;
    take_log_over();
    if (depth == 1) show_panic_on_screens();
    if (depth == 2) log_panic("within the panic: {}", why);
    if (depth > 1) hlt_loop();
}

/// What may be read around `frame`: the kernel's stack that it is on, or the one that the loader gave.
AddressRange stack_of(VirtAddr frame) {
    if (const auto stack = stack_at(frame)) return stack->range;
    // The outermost frame and the return address above it belong to the stack.
    return {outermost_frame - loader_stack_bytes, outermost_frame + 16};
}

class Report {
public:
    Report() : symbols_(SymbolTable::find(executable_file())) {}

    template <class... Args>
    void line(FormatString<std::type_identity_t<Args>...> format, const Args&... args) {
        log_panic(format, args...);
    }

    /// "at 0xffffffff80001234 lintel::open_screen+0x1c"
    void place(VirtAddr address) {
        const auto symbol = symbols_ ? symbols_->function_at(address) : std::nullopt;
        if (symbol)
            line("at {} {}+0x{:x}", address, readable_name(symbol->name).text(), symbol->offset);
        else
            line("at {}", address);
    }

    /// The call is before the address that it returns to, which may lie behind the function's end.
    void caller(VirtAddr return_address, std::size_t times = 1) {
        const auto symbol = symbols_ ? symbols_->function_at(return_address - 1) : std::nullopt;
        TextBuffer<240> words;
        print(words, "called from {}", return_address);
        if (symbol) print(words, " {}+0x{:x}", readable_name(symbol->name).text(), symbol->offset + 1);
        if (times > 1) print(words, ", {} times in a row", times);
        line("{}", words.text());
    }

    void callers(VirtAddr frame) {
        std::array<VirtAddr, 32> found;
        const std::size_t count = backtrace(frame, stack_of(frame), text_range(), found);
        std::size_t i = 0;
        while (i < count) {
            std::size_t same = i;  // recursion
            while (same + 1 < count && found[same + 1] == found[i]) ++same;
            caller(found[i], same - i + 1);
            i = same + 1;
        }
    }

    /// A call to where no code is has pushed the way back, and the function there had no time to make a frame.
    void caller_of_no_code(const arch::TrapFacts& facts) {
        if (text_range().contains(facts.instruction) || !is_aligned(facts.stack.value(), 8)) return;
        if (!stack_of(facts.frame).contains(facts.stack, 8)) return;
        // Safety: it lies on the stack that the frame is on.
        const VirtAddr pushed(*reinterpret_cast<const std::uint64_t*>(facts.stack.value()));
        if (text_range().contains(pushed)) caller(pushed);
    }

    void registers(const arch::TrapFrame& frame) {
        TextBuffer<120> words;
        unsigned in_line = 0;
        for (const arch::NamedRegister& one : arch::registers_of(frame)) {
            if (in_line == 4 || (one.name.empty() && in_line != 0)) {
                line("{}", words.text());
                words.clear();
                in_line = 0;
            }
            if (one.name.empty()) break;
            print(words, "{}{:<6} {:016x}", in_line == 0 ? "" : "  ", one.name, one.value);
            ++in_line;
        }
    }

private:
    std::optional<SymbolTable> symbols_;
};

}  // namespace

void set_outermost_frame(VirtAddr frame) { outermost_frame = frame; }

void panic(std::string_view why, std::source_location where) {
    begin_panic(why);
    Report report;
    report.line("{}", why);
    if (where.line() != 0) report.line("at {}:{}", where.file_name(), where.line());
    report.callers(VirtAddr(reinterpret_cast<std::uint64_t>(__builtin_frame_address(0))));
    hlt_loop();
}

void panic_in_trap(const arch::TrapFrame& frame) {
    const arch::TrapFacts facts = arch::facts_of(frame);
    TextBuffer<256> why;
    const auto overflowed = facts.address ? overflowed_stack(*facts.address) : std::nullopt;
    if (overflowed) print(why, "overflow of the {} stack: ", *overflowed);
    why.write(arch::describe(frame).text());
    begin_panic(why.text());
    Report report;
    report.line("{}", why.text());
    report.place(facts.instruction);
    report.registers(frame);
    report.caller_of_no_code(facts);
    report.callers(facts.frame);
    hlt_loop();
}

}  // namespace lintel
