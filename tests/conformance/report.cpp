// See the header.
// Invariant: without a serial port everything else goes on, and the runner sees that nothing was reported.
#include "tests/conformance/report.hpp"

#include <optional>

#include "arch/arch.hpp"
#include "arch/serial.hpp"
#include "base/result.hpp"

namespace lintel::conformance {
namespace {

constinit std::optional<arch::SerialPort> port;

}  // namespace

void ReportSink::write(std::string_view text) {
    if (port) port->write(text);
}

Report Report::open() {
    if (auto opened = arch::SerialPort::open(arch::com1, 115200)) port = *opened;
    ReportSink().write("\n");  // whoever wrote last may have left the line unfinished
    return {};
}

void Report::begin(std::string_view outcome, std::string_view words) {
    ++count_;
    ReportSink sink;
    print(sink, "promise: {} {} | {}", outcome, section_, words);
}

void Report::skip(std::string_view words, std::string_view why) {
    begin("skip", words);
    ReportSink sink;
    print(sink, " | {}\n", why);
}

void Report::finish() {
    ReportSink sink;
    print(sink, "done {}\n", count_);
    stop();
}

void stop() {
    arch::disable_interrupts();
    for (;;) arch::wait_for_interrupt();
}

}  // namespace lintel::conformance

namespace lintel {

void panic(std::string_view why, std::source_location where) {
    conformance::ReportSink sink;
    print(sink, "\npanic: {} ({}:{})\n", why, where.file_name(), where.line());
    conformance::stop();
}

}  // namespace lintel
