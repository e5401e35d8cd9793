// The kernel's log: lines of text to the serial port, to screens and into a ring in memory (kernel/log/ring.hpp). Any
// code may log: handlers of interrupts and NMIs, and a panic.
// Invariants: logging never fails and never waits without bound; lines of several processors come out one after the
// other, each whole; when log() returns, its line is out, unless the one whom it has interrupted was just writing.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "base/text.hpp"
#include "kernel/log/ring.hpp"

namespace lintel {

/// Brings the serial port up; log() is heard from here on. Stamps are what now() says: 0 until open_clock().
void open_log();

/// Shows lines from the level on that `log_level=` on the command line names.
void configure_log();

/// Lines below this are in the ring only.
void set_log_level(LogLevel level);

/// One line, at any level.
void write_log(LogLevel level, const Message& message);

namespace log_detail {

template <class... Args>
[[gnu::always_inline]] inline void write(LogLevel level, std::string_view format, const Args&... args) {
    const std::array<text_detail::Argument, sizeof...(Args)> arguments{text_detail::argument(args)...};
    write_log(level, {format, arguments});
}

}  // namespace log_detail

/// One line of news.
template <class... Args>
[[gnu::always_inline]] inline void log(FormatString<std::type_identity_t<Args>...> format, const Args&... args) {
    log_detail::write(LogLevel::info, format.text, args...);
}

/// What only somebody looking for something wants to know.
template <class... Args>
[[gnu::always_inline]] inline void log_debug(FormatString<std::type_identity_t<Args>...> format, const Args&... args) {
    log_detail::write(LogLevel::debug, format.text, args...);
}

/// What is not as it should be, and gone around.
template <class... Args>
[[gnu::always_inline]] inline void log_warning(FormatString<std::type_identity_t<Args>...> format,
                                               const Args&... args) {
    log_detail::write(LogLevel::warning, format.text, args...);
}

/// What failed.
template <class... Args>
[[gnu::always_inline]] inline void log_error(FormatString<std::type_identity_t<Args>...> format, const Args&... args) {
    log_detail::write(LogLevel::error, format.text, args...);
}

/// A line without a stamp, for programs that read the serial line: "ok: a_test".
template <class... Args>
[[gnu::always_inline]] inline void log_plain(FormatString<std::type_identity_t<Args>...> format, const Args&... args) {
    log_detail::write(LogLevel::plain, format.text, args...);
}

/// A line of a panic's report: "panic: " and the text.
template <class... Args>
[[gnu::always_inline]] inline void log_panic(FormatString<std::type_identity_t<Args>...> format, const Args&... args) {
    log_detail::write(LogLevel::panic, format.text, args...);
}

/// Makes the log this processor's alone, without asking whoever may be writing: for its last lines, with the
/// others stopped. What they have left in the ring comes out before this one's next.
void take_log_over();

/// Text that is no line of the log, such as what somebody types: to where the log goes, but not into the ring.
struct LogSink {
    void write(std::string_view text);
};

/// The log so far, as it is shown: `visit(std::string_view)` gets stamps, texts and line feeds.
template <class Visit>
void for_each_log_text(Visit visit);

/// The ring, for those who read it.
const LogRing& log_ring();

/// Where lines go besides the ring.
struct LogOutput {
    void (*write)(void* context, std::string_view text);
    void (*flush)(void* context);  // called when there is nothing more to write for now; may be null
    void* context;
    enum class Colours : std::uint8_t { none, ansi } colours;
};

/// Has all further lines go there, too, and before them, if asked for, those of the ring. Panics where there is no
/// room.
enum class Earlier : std::uint8_t { drop, repeat };
void add_log_output(const LogOutput& output, Earlier earlier);

template <class Visit>
void for_each_log_text(Visit visit) {
    log_ring().for_each_piece([&](const LogPiece& piece) {
        if (piece.first) {
            visit(stamp_text(piece.stamp, log_ring().microseconds_at(piece.stamp.ticks)).text());
            visit(level_text(piece.stamp.level));
        }
        visit(piece.text);
        if (piece.last) visit(std::string_view("\n"));
    });
}

}  // namespace lintel
