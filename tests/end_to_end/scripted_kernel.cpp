// A kernel that does what stands in its file: a test writes a script over the words below and has a kernel that says
// and does just that. See scripted_kernel() in support.hpp for what the bytes mean.
// Invariant: the script's place in the file is recognized by its first words, and it ends with a zero.
#include <source_location>
#include <string_view>

#include "arch/arch.hpp"
#include "arch/serial.hpp"
#include "arch/x86_64/ports.hpp"
#include "protocol/limine.hpp"

namespace {

// Volatile: what the compiler sees here is not what runs.
const volatile char script[1024] = "lintel scripted kernel: ";

constexpr std::uint16_t exit_port = 0xf4;  // QEMU's isa-debug-exit

[[noreturn]] void halt() {
    lintel::arch::disable_interrupts();
    for (;;) lintel::arch::wait_for_interrupt();
}

[[noreturn]] void hang() {
    volatile bool forever = true;
    while (forever) continue;
    halt();
}

}  // namespace

namespace lintel {

void panic(std::string_view, std::source_location) { halt(); }

}  // namespace lintel

extern "C" [[noreturn]] void kernel_main();

void kernel_main() {
    auto port = lintel::arch::SerialPort::open(lintel::arch::com1, 115200);
    if (!port || !limine::base_revision<3>.supported()) halt();
    for (const volatile char* at = script; *at != '\0'; ++at) {
        const char letter = *at;
        if (letter == '\x01') hang();
        if (letter == '\x02') __builtin_trap();  // nobody handles the exception
        if (letter == '\x03') lintel::arch::out8(exit_port, static_cast<std::uint8_t>(*++at));
        port->write({&letter, 1});
    }
    halt();
}
