// The first serial port, for reports that must be complete: unlike arch::SerialPort it waits for as long as the reader
// takes; whoever runs the machine has a time limit. Where there is no port, it reads as all ones, and nothing waits.
#include "tests/conformance/report.hpp"

#include "arch/serial.hpp"
#include "arch/x86_64/ports.hpp"

namespace lintel::conformance {
namespace {

constexpr std::uint16_t line_status = arch::com1 + 5;
constexpr std::uint8_t can_take_more = 1 << 5, all_sent = 1 << 6;

}  // namespace

void ReportSink::write(std::string_view text) {
    for (char c : text) {
        while ((arch::in8(line_status) & can_take_more) == 0) {
        }
        arch::out8(arch::com1, static_cast<std::uint8_t>(c));
    }
}

void wait_for_report() {
    while ((arch::in8(line_status) & all_sent) == 0) {
    }
}

}  // namespace lintel::conformance
