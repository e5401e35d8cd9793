// A program that does nothing, as an EFI application and as a PVH one: what it costs to get here is the machine's own
// share of a boot.
// Invariant: reading the counter is its first act, and it uses no firmware service.
#include "arch/arch.hpp"
#include "arch/serial.hpp"
#include "base/text.hpp"

namespace {

[[noreturn]] void stop() {
    lintel::arch::disable_interrupts();
    while (true) lintel::arch::wait_for_interrupt();
}

}  // namespace

namespace lintel {

void panic(std::string_view, std::source_location) { stop(); }

}  // namespace lintel

// The entry point under UEFI, and the one that loader/direct/entry.S calls.
extern "C" [[noreturn]] void efi_main();
extern "C" [[noreturn]] void direct_main();

void efi_main() {
    const std::uint64_t entry = lintel::arch::timestamp();
    if (auto port = lintel::arch::SerialPort::open(lintel::arch::com1, 115200)) {
        // The firmware's own last line has no end.
        lintel::TextBuffer<64> line;
        lintel::print(line, "\nentry tsc {}\n", entry);
        port->write(line.text());
    }
    stop();
}

void direct_main() { efi_main(); }
