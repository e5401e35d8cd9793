// How a kernel of the conformance family reports: one line on the first serial port for each promise of the
// specification that it looked at,
//
//     promise: <pass|fail|skip> <section> | <the promise in words> [| detail]
//
// or, of one that takes more than one boot to judge, with a value of this boot's,
//
//     promise: <varies|stays> <section> | <the promise in words> | <value>
//
// and at the end "done N", N being how many lines there were; a report without that line is not complete.
// Invariant: section and words alone name a promise, in every kernel and every run; what varies is in the detail.
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>

#include "base/text.hpp"

namespace lintel::conformance {

/// Where the lines go.
struct ReportSink {
    void write(std::string_view text);
};

class Report {
public:
    static Report open();

    /// From here on promises are those of the specification's section `title`.
    void section(std::string_view title) { section_ = title; }

    /// Whether the promise is kept. The detail says what was found where it is not.
    template <class... Args>
    bool promise(std::string_view words, bool kept, FormatString<std::type_identity_t<Args>...> detail,
                 const Args&... args) {
        begin(kept ? "pass" : "fail", words);
        ReportSink sink;
        if (!kept) {
            sink.write(" | ");
            print(sink, detail, args...);
        }
        sink.write("\n");
        return kept;
    }
    bool promise(std::string_view words, bool kept) {
        begin(kept ? "pass" : "fail", words);
        ReportSink().write("\n");
        return kept;
    }

    /// This machine or this loader gives nothing to judge the promise by.
    void skip(std::string_view words, std::string_view why);

    /// Kept where `value` is another one at the next boot; or the same. Whoever runs the kernel has to compare.
    void varies(std::string_view words, std::uint64_t value) { leave_open("varies", words, value); }
    void stays(std::string_view words, std::uint64_t value) { leave_open("stays", words, value); }

    /// Ends the report, and with it the program.
    [[noreturn]] void finish();

private:
    void begin(std::string_view outcome, std::string_view words);
    void leave_open(std::string_view outcome, std::string_view words, std::uint64_t value);

    std::string_view section_{};
    std::uint64_t count_ = 0;
};

/// Until all that was written is on its way.
void wait_for_report();

/// Sleeps for good, with interrupts off.
[[noreturn]] void stop();

}  // namespace lintel::conformance
