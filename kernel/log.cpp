#include "kernel/log.hpp"

#include <optional>

#include "arch/serial.hpp"

namespace lintel {
namespace {

constinit std::optional<arch::SerialPort> port;

}  // namespace

void open_log() {
    if (auto opened = arch::SerialPort::open(arch::com1, 115200)) port = *opened;
}

void LogSink::write(std::string_view text) {
    if (port) port->write(text);
}

}  // namespace lintel
