// What every part of the kernel may use: the log on the first serial port, and the end.
// Invariant: logging never fails; without a port it goes nowhere.
#pragma once

#include <string_view>

#include "base/text.hpp"

/// Brings the serial port up; log() is heard from here on.
void open_log();

void write_log(std::string_view text);

/// One line: log("{} pages at {:#x}", count, address).
template <class... Arguments>
void log(lintel::FormatString<std::type_identity_t<Arguments>...> format, const Arguments&... arguments) {
    lintel::TextBuffer<256> line;
    lintel::print(line, format, arguments...);
    write_log(line.text());
    write_log("\n");
}

/// Sleeps for good, with interrupts off.
[[noreturn]] void halt();
