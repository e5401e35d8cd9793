// The one way in which the kernel gives up: why, where and who called, on serial and screen; then the halt loop.
// Invariant: a panic within a panic says less, and one within that says nothing, so that every panic ends.
#include "kernel/panic.hpp"

#include <array>
#include <string_view>

#include "arch/arch.hpp"
#include "base/result.hpp"
#include "kernel/backtrace.hpp"
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

void print_backtrace(SerialAndScreen& sink, VirtAddr frame) {
    // The frame itself, and the return address above it, belong to the stack.
    const AddressRange stack{frame, outermost_frame + 16};
    std::array<VirtAddr, 32> found;
    const std::size_t count = backtrace(frame, stack, text_range(), found);
    for (std::size_t i = 0; i < count; ++i) print(sink, "panic: called from {}\n", found[i]);
}

}  // namespace

void set_outermost_frame(VirtAddr frame) { outermost_frame = frame; }

void panic(std::string_view why, std::source_location where) {
    arch::disable_interrupts();
    ++depth;
    if (depth == 2) {
        LogSink serial;
        print(serial, "panic: within the panic: {}\n", why);
    }
    if (depth > 1) hlt_loop();

    SerialAndScreen sink;
    print(sink, "panic: {}\n", why);
    if (where.line() != 0) print(sink, "panic: at {}:{}\n", where.file_name(), where.line());
    print_backtrace(sink, VirtAddr(reinterpret_cast<std::uint64_t>(__builtin_frame_address(0))));
    hlt_loop();
}

}  // namespace lintel
