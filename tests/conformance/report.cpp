// See the header. The port itself is in arch-x86_64/report_port.cpp.
#include "tests/conformance/report.hpp"

#include "arch/arch.hpp"
#include "arch/serial.hpp"
#include "base/result.hpp"

namespace lintel::conformance {

Report Report::open() {
    // Sets the port up; where there is none, nobody listens, and the runner sees that nothing was reported.
    [[maybe_unused]] auto port = arch::SerialPort::open(arch::com1, 115200);
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

void Report::leave_open(std::string_view outcome, std::string_view words, std::uint64_t value) {
    begin(outcome, words);
    ReportSink sink;
    print(sink, " | {:x}\n", value);
}

void Report::finish() {
    ReportSink sink;
    print(sink, "done {}\n", count_);
    stop();
}

void stop() {
    wait_for_report();
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
