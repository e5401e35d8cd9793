// The kernel's log: lines of text on the first serial port.
// Invariant: logging never fails and never waits without bound; without a port it goes nowhere.
#pragma once

#include <string_view>
#include <type_traits>

#include "base/text.hpp"

namespace lintel {

/// Brings the serial port up; log() is heard from here on.
void open_log();

/// The log as a sink, for text that is more or less than one line.
struct LogSink {
    void write(std::string_view text);
};

/// One line.
template <class... Args>
void log(FormatString<std::type_identity_t<Args>...> format, const Args&... args) {
    LogSink sink;
    sink.write("kernel: ");
    print(sink, format, args...);
    sink.write("\n");
}

}  // namespace lintel
