// A kernel of one mebibyte that says when it was entered: what loading costs, with little beside it.
// Invariant: reading the counter is its first act.
#include <array>
#include <source_location>
#include <string_view>

#include "arch/arch.hpp"
#include "arch/serial.hpp"
#include "base/text.hpp"
#include "protocol/limine.hpp"

namespace {

// Not all zeroes, and used, so that it stands in the file.
constexpr std::array<unsigned char, 1 << 20> ballast{1};

[[noreturn]] void stop() {
    lintel::arch::disable_interrupts();
    for (;;) lintel::arch::wait_for_interrupt();
}

}  // namespace

namespace lintel {

void panic(std::string_view, std::source_location) { stop(); }

}  // namespace lintel

extern "C" [[noreturn]] void kernel_main();

void kernel_main() {
    const std::uint64_t entry = lintel::arch::timestamp();
    const volatile unsigned char* first = ballast.data();
    if (auto port = lintel::arch::SerialPort::open(lintel::arch::com1, 115200); port && *first == 1)
        lintel::print(*port, "kernel: entry tsc {}, base revision {}\n", entry,
                      limine::base_revision<6>.supported() ? "granted" : "refused");
    stop();
}
