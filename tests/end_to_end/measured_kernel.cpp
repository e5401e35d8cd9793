// A kernel that writes down the TPM's event log as it got it: one line of hexadecimal digits.
// Invariant: whatever the log holds, the line has all of it.
#include <source_location>

#include "arch/arch.hpp"
#include "arch/serial.hpp"
#include "base/bytes.hpp"
#include "base/text.hpp"
#include "protocol/limine.hpp"

namespace {

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
    auto port = lintel::arch::SerialPort::open(lintel::arch::com1, 115200);
    limine::request<limine::Modules>.ask();
    const auto* log = limine::request<limine::TpmEventLog>.response();
    if (!port || !limine::base_revision<6>.supported()) stop();
    if (log == nullptr) {
        lintel::print(*port, "no event log\n");
        stop();
    }
    lintel::print(*port, "event log, format {}: ", log->format);
    for (std::byte byte : lintel::Bytes(static_cast<const std::byte*>(log->address), log->size)) {
        auto value = std::to_integer<unsigned>(byte);
        lintel::print(*port, "{:x}{:x}", value >> 4, value & 15);
    }
    lintel::print(*port, "\n");
    stop();
}
