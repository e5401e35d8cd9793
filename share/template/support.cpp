// See the header. Lintel's own code ends in lintel::panic() where something is broken; each kernel says what that does.
#include "support.hpp"

#include <optional>

#include "arch/arch.hpp"
#include "arch/serial.hpp"
#include "base/result.hpp"

namespace {

constinit std::optional<lintel::arch::SerialPort> port;

}  // namespace

void open_log() {
    auto opened = lintel::arch::SerialPort::open(lintel::arch::com1, 115200);
    if (!opened) return;
    port = *opened;
    port->write("\n");  // whoever wrote last may have left the line unfinished
}

void write_log(std::string_view text) {
    if (port) port->write(text);
}

void halt() {
    lintel::arch::disable_interrupts();
    for (;;) lintel::arch::wait_for_interrupt();
}

void lintel::panic(std::string_view why, std::source_location where) {
    log("panic: {} ({}:{})", why, std::string_view(where.file_name()), where.line());
    halt();
}
