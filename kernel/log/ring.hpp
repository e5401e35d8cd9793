// The log in memory: lines from all processors, in the order in which they began, the last 512 pieces of them. It can
// be written to from anywhere, interrupts and NMIs included; debuggers and autopsies read it (docs/kernel.md).
// Invariants: nobody waits here; a line is seen whole or not at all; none is overwritten that was not taken.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/text.hpp"

namespace lintel {

enum class LogLevel : std::uint8_t {
    debug,
    info,
    warning,
    error,
    panic,
    plain  // no line of a log by its looks, and always shown: no stamp, no level
};

/// What is known of a line besides its text.
struct LogStamp {
    std::uint64_t ticks;  // of a counter whose speed LogRing knows
    std::uint16_t processor;
    LogLevel level;
};

/// A line, or a piece of a longer one.
struct LogPiece {
    LogStamp stamp;
    bool first;  // of its line
    bool last;
    std::string_view text;
};

class LogRing {
public:
    static constexpr std::size_t slot_count = 512;
    static constexpr unsigned most_parts = 16;  // of one line; what is longer ends in dots

    /// Writes down what readers from outside need: when the kernel was entered, in ticks.
    void open(std::uint64_t entry_ticks);
    void set_ticks_per_second(std::uint64_t frequency);
    /// Time since the entry; 0 until ticks have a length.
    [[nodiscard]] std::uint64_t microseconds_at(std::uint64_t ticks) const;

    /// Adds a line. Gives the place behind it; nothing where no room is left before what was not taken yet.
    std::optional<std::uint64_t> write(const LogStamp& stamp, const Message& message);

    // For one at a time: who writes lines out.

    /// The next piece that nobody has taken, once its line is whole; it stays until taken.
    [[nodiscard]] std::optional<LogPiece> next() const;
    void take_next() { taken_.fetch_add(1, std::memory_order_release); }
    /// How far all is taken.
    [[nodiscard]] std::uint64_t taken() const { return taken_.load(std::memory_order_acquire); }
    /// Gives up a piece whose writer never finished it; false where there is nothing at all.
    bool skip_unfinished();

    /// Calls `visit(const LogPiece&)` for all pieces that are still there, from the oldest line on that is whole.
    template <class Visit>
    void for_each_piece(Visit visit) const {
        bool in_line = false;
        for (std::uint64_t place = oldest(); place != head_.load(std::memory_order_acquire); ++place) {
            Copy copy;
            if (!read(place, copy)) {
                in_line = false;
                continue;
            }
            const LogPiece piece = copy.piece();
            in_line = in_line || piece.first;
            if (in_line) visit(piece);
        }
    }

private:
    struct Header {
        std::uint64_t ticks;
        std::uint16_t processor;
        LogLevel level;
        std::uint8_t part;    // 0 for the first slot of a line
        std::uint8_t parts;   // of the line
        std::uint8_t length;  // bytes of text in this slot
    };
    static constexpr std::size_t room = 104;
    struct Slot {
        std::atomic<std::uint64_t> sequence;  // the slot's place in the log plus 1, once the line is whole
        Header header;
        std::array<char, room> text;
    };
    static_assert(sizeof(Slot) == 128);
    /// Of a slot, which may be overwritten meanwhile.
    struct Copy {
        Header header;
        std::array<char, room> text;
        [[nodiscard]] LogPiece piece() const { return piece_of(header, text); }
    };
    class Writer;

    static LogPiece piece_of(const Header& header, const std::array<char, room>& text);
    std::optional<std::uint64_t> claim(unsigned parts);
    [[nodiscard]] std::uint64_t oldest() const;
    bool read(std::uint64_t place, Copy& copy) const;
    Slot& slot(std::uint64_t place) { return slots_[place % slot_count]; }
    [[nodiscard]] const Slot& slot(std::uint64_t place) const { return slots_[place % slot_count]; }

    std::array<char, 8> magic_{};  // "lintelog" once open
    std::uint64_t entry_ticks_ = 0;
    std::atomic<std::uint64_t> ticks_per_second_ = 0;  // 0 while not known
    std::atomic<std::uint64_t> head_ = 0;              // where the next line begins
    std::atomic<std::uint64_t> taken_ = 0;             // never behind head_ by more than there are slots
    std::array<Slot, slot_count> slots_{};
};

/// What stands before a line: "[    0.012345 0] ", and for what is worse than news "warning: " or "error: ".
TextBuffer<64> stamp_text(const LogStamp& stamp, std::uint64_t microseconds);
std::string_view level_text(LogLevel level);

/// The level of that name, from "debug" to "error".
std::optional<LogLevel> level_named(std::string_view name);

}  // namespace lintel
