#include "kernel/log.hpp"

#include <optional>

#include "arch/serial.hpp"

namespace lintel {
namespace {

constinit std::optional<arch::SerialPort> port;

}  // namespace

void open_log() {
    auto opened = arch::SerialPort::open(arch::com1, 115200);
    if (!opened) return;
    port = *opened;
    port->write("\n");  // whoever wrote last may have left the line unfinished
}

void LogSink::write(std::string_view text) {
    if (port) port->write(text);
}

}  // namespace lintel
