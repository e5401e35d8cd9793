#include "kernel/monitor/monitor.hpp"

#include "arch/arch.hpp"
#include "arch/serial.hpp"
#include "kernel/hlt_loop.hpp"
#include "kernel/log.hpp"
#include "kernel/monitor/commands.hpp"
#include "kernel/monitor/shell.hpp"

namespace lintel {
namespace {

/// The serial line, asked again and again.
class SerialTerminal final : public Terminal {
public:
    explicit SerialTerminal(const arch::SerialPort& port) : port_(port) {}

    std::optional<KeyPress> read() override {
        for (;; arch::wait_a_moment())
            if (const auto byte = port_.try_read())
                if (const auto key = decoder_.feed(*byte)) return key;
    }

    void write(std::string_view text) override { LogSink().write(text); }

private:
    arch::SerialPort port_;
    KeyDecoder decoder_{};
};

}  // namespace

void run_monitor() {
    auto port = arch::SerialPort::open(arch::com1, 115200);
    if (port) {
        log("prompt tsc {}", arch::timestamp());
        SerialTerminal terminal(*port);
        Shell(terminal, commands()).run("lintel> ");
    }
    log("the monitor has no terminal");
    hlt_loop();
}

}  // namespace lintel
