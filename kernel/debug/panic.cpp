// The one way in which the kernel gives up: why, where and who called, on serial and screen; then the halt loop.
// Invariant: a panic within a panic says less, and one within that says nothing, so that every panic ends.
#include "kernel/debug/panic.hpp"

#include <array>
#include <string_view>

#include "arch/arch.hpp"
#include "base/result.hpp"
#include "kernel/debug/backtrace.hpp"
#include "kernel/debug/symbols.hpp"
#include "kernel/hand_over.hpp"
#include "kernel/hlt_loop.hpp"
#include "kernel/image.hpp"
#include "kernel/log.hpp"
#include "kernel/screen.hpp"

namespace lintel {
namespace {

constinit VirtAddr outermost_frame;
constinit int depth = 0;

struct SerialAndScreen {
    LogSink serial{};
    ScreenText screen{screen_for_panic()};

    void write(std::string_view text) {
        serial.write(text);
        screen.write(text);
    }
};

/// Counts the panics, and ends those that come from a panic.
void begin_panic(std::string_view why) {
    arch::disable_interrupts();
    ++depth;
    if (depth == 2) {
        LogSink serial;
        print(serial, "panic: within the panic: {}\n", why);
    }
    if (depth > 1) hlt_loop();
}

class Report {
public:
    Report() : symbols_(SymbolTable::find(executable_file())) {}

    template <class... Args>
    void line(FormatString<std::type_identity_t<Args>...> format, const Args&... args) {
        sink_.write("panic: ");
        print(sink_, format, args...);
        sink_.write("\n");
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
    void caller(VirtAddr return_address) {
        const auto symbol = symbols_ ? symbols_->function_at(return_address - 1) : std::nullopt;
        if (symbol)
            line("called from {} {}+0x{:x}", return_address, readable_name(symbol->name).text(), symbol->offset + 1);
        else
            line("called from {}", return_address);
    }

    void callers(VirtAddr frame) {
        // The outermost frame and the return address above it belong to the stack.
        const AddressRange stack{frame, outermost_frame + 16};
        std::array<VirtAddr, 32> found;
        const std::size_t count = backtrace(frame, stack, text_range(), found);
        for (std::size_t i = 0; i < count; ++i) caller(found[i]);
    }

    /// A call to where no code is has pushed the way back, and the function there had no time to make a frame.
    void caller_of_no_code(const arch::TrapFacts& facts) {
        const AddressRange stack{facts.stack, outermost_frame + 16};
        if (text_range().contains(facts.instruction) || !stack.contains(facts.frame, 8)) return;
        if (!is_aligned(facts.stack.value(), 8)) return;
        // Safety: between it and the frames above lies nothing but the stack that both are on.
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
    SerialAndScreen sink_{};
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
    const auto why = arch::describe(frame);
    const arch::TrapFacts facts = arch::facts_of(frame);
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
