// See kernel/log.hpp. A line goes into the ring first; then whoever finds the outputs free writes out all that the ring
// has, its own lines and others', until there is nothing more.
// Invariant: no lock is taken here that waits: who cannot have the outputs leaves its line to the one who has them.
#include "kernel/log.hpp"

#include <atomic>
#include <optional>
#include <utility>

#include "arch/arch.hpp"
#include "arch/serial.hpp"
#include "base/result.hpp"
#include "kernel/command_line.hpp"
#include "kernel/hand_over.hpp"
#include "kernel/processors/processor.hpp"
#include "kernel/time/time.hpp"

namespace lintel {

/// The kernel's log, by this name for debuggers and autopsies; docs/kernel.md says how to read it.
constinit LogRing kernel_log;

namespace {

constinit std::optional<arch::SerialPort> port;
constinit std::array<LogOutput, 4> outputs{};
constinit unsigned output_count = 0;
constinit std::atomic<LogLevel> shown_from = LogLevel::info;
constinit bool line_begun = false;  // the outputs' last character was no line feed

/// What stands on the outputs' last line that is no line of the log, such as a prompt and what was typed behind it.
class OpenLine {
public:
    void take(std::string_view text) {
        for (const char c : text) {
            if (c == '\n')
                size_ = 0;
            else if (size_ <= text_.size())
                ++size_;
            if (size_ != 0 && size_ <= text_.size()) text_[size_ - 1] = c;
        }
    }
    /// All of it; nothing where it is too long to be kept.
    [[nodiscard]] std::string_view text() const { return {text_.data(), size_ <= text_.size() ? size_ : 0}; }

private:
    std::array<char, 512> text_{};
    std::size_t size_ = 0;  // one more than there is room for where it is too long
};
constinit OpenLine open_line;
constinit bool open_line_left = false;  // for a line of the log

/// Lines that the ring had no room for, since that was last said.
constinit std::atomic<std::uint64_t> lost = 0;

/// The number of the processor that writes to the outputs, plus 1.
constinit std::atomic<unsigned> writer = 0;
/// The number of the processor whose log it is alone since it panicked, plus 1.
constinit std::atomic<unsigned> owner = 0;
/// For each processor, how many calls of write_log() run on it: those within another must not wait for it.
constinit std::array<std::atomic<std::uint8_t>, most_processors> calls{};

/// How often to look whether a line is out, before going on without: some seconds, since a serial line is slow.
constexpr unsigned patience = 50'000'000;

unsigned own_number() { return this_processor().number + 1; }

void write_to_outputs(std::string_view text) {
    for (const LogOutput& output : std::span(outputs).first(output_count)) output.write(output.context, text);
    line_begun = text.back() != '\n';
}

void put(std::string_view text) {
    if (text.empty()) return;
    write_to_outputs(text);
    open_line.take(text);
}

/// Goes on, behind lines of the log, where the outputs' line was left. A panic does not go on.
void go_on_with_open_line() {
    const bool left = std::exchange(open_line_left, false);
    if (left && !open_line.text().empty() && owner.load(std::memory_order_relaxed) == 0)
        write_to_outputs(open_line.text());
}

/// For screens: drawing a stretch of lines at once costs little more than one line.
void flush() {
    for (const LogOutput& output : std::span(outputs).first(output_count))
        if (output.flush != nullptr) output.flush(output.context);
}

std::string_view colour_of(LogLevel level) {
    switch (level) {
        case LogLevel::warning:
            return "\x1b[33m";
        case LogLevel::error:
            return "\x1b[91m";
        case LogLevel::panic:
            return "\x1b[97;48;2;150;22;32m\x1b[K";
        default:
            return "\x1b[0m";
    }
}

void put_piece(const LogOutput& output, const LogPiece& piece) {
    const auto write = [&](std::string_view text) { output.write(output.context, text); };
    const bool colours = output.colours == LogOutput::Colours::ansi && piece.stamp.level != LogLevel::plain;
    if (piece.first) {
        if (colours) write("\x1b[90m");
        write(stamp_text(piece.stamp, kernel_log.microseconds_at(piece.stamp.ticks)).text());
        if (colours) write(colour_of(piece.stamp.level));
        write(level_text(piece.stamp.level));
    }
    write(piece.text);
    if (piece.last && colours) write("\x1b[0m");
    if (piece.last) write("\n");
}

void write_out(const LogPiece& piece) {
    if (piece.stamp.level < shown_from.load(std::memory_order_relaxed)) return;
    if (piece.first && line_begun) {
        write_to_outputs("\n");
        open_line_left = true;
    }
    for (const LogOutput& output : std::span(outputs).first(output_count)) put_piece(output, piece);
    line_begun = !piece.last;
}

void say_what_was_lost() {
    const std::uint64_t lines = lost.exchange(0, std::memory_order_relaxed);
    if (lines == 0) return;
    TextBuffer<80> text;
    print(text, "{}warning: {} lines of the log are lost\n", line_begun ? "\n" : "", lines);
    put(text.text());
}

void write_out_all() {
    while (const auto piece = kernel_log.next()) {
        write_out(*piece);
        kernel_log.take_next();
    }
    say_what_was_lost();
    go_on_with_open_line();
    flush();
}

/// The outputs are this processor's as long as this lives, if it got them.
class Outputs {
public:
    Outputs() : own_(own_number()) {
        unsigned nobody = 0;
        taken_ = owner.load(std::memory_order_relaxed) == 0 &&
                 writer.compare_exchange_strong(nobody, own_, std::memory_order_acquire);
    }
    ~Outputs() {
        // Unless a panic has taken them away.
        unsigned expected = own_;
        if (taken_) writer.compare_exchange_strong(expected, 0, std::memory_order_release);
    }
    Outputs(const Outputs&) = delete;
    Outputs& operator=(const Outputs&) = delete;
    explicit operator bool() const { return taken_; }

private:
    unsigned own_;
    bool taken_;
};

/// Writes out what there is, or leaves that to the one who is about it; gives whether this processor did. Who did looks
/// again at the end (write_out_what_was_left()).
bool try_to_write_out() {
    const Outputs held;
    if (held) write_out_all();
    return static_cast<bool>(held);
}

/// A panic's way: nothing is waited for, and what somebody never finished is passed over.
void write_out_by_force() {
    do write_out_all();
    while (kernel_log.skip_unfinished());
}

/// Counts the calls on this processor, as long as it lives.
class Call {
public:
    Call() : count_(calls[this_processor().number]) { nested_ = count_.fetch_add(1, std::memory_order_relaxed) != 0; }
    ~Call() { count_.fetch_sub(1, std::memory_order_relaxed); }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;
    /// Whether it interrupts another one, which it must not wait for.
    [[nodiscard]] bool nested() const { return nested_; }

private:
    std::atomic<std::uint8_t>& count_;
    bool nested_ = false;
};

/// Puts a line into the ring, and has it written out.
void add_line(const Call& call, LogLevel level, const Message& message) {
    const LogStamp stamp{static_cast<std::uint64_t>(now().since_entry().in_nanoseconds()),
                         static_cast<std::uint16_t>(this_processor().number), level};
    const bool panicking = owner.load(std::memory_order_relaxed) == own_number();
    if (panicking) write_out_by_force();
    auto end = kernel_log.write(stamp, message);
    for (unsigned i = 0; !end && !call.nested() && i < patience && owner.load(std::memory_order_relaxed) == 0; ++i) {
        try_to_write_out();
        arch::wait_a_moment();
        end = kernel_log.write(stamp, message);
    }
    if (!end) lost.fetch_add(1, std::memory_order_relaxed);
    if (panicking) return write_out_by_force();
    if (call.nested()) return;  // the one that was interrupted goes on with it
    for (unsigned i = 0; i < patience && owner.load(std::memory_order_relaxed) == 0; ++i) {
        if (try_to_write_out() || !end || kernel_log.taken() >= *end) return;
        arch::wait_a_moment();
    }
}

/// After a call: a handler that came between its last look at the ring and its end has left its line to it, and so has
/// another processor's while the outputs were held.
void write_out_what_was_left() {
    while (kernel_log.next()) {
        const Call call;
        if (call.nested() || !try_to_write_out()) return;
    }
}

void write_to_serial(void* /*context*/, std::string_view text) { port->write(text); }

}  // namespace

void open_log() {
    kernel_log.open(0);
    kernel_log.set_ticks_per_second(1'000'000'000);  // now() counts nanoseconds
    auto opened = arch::SerialPort::open(arch::com1, 115200);
    if (!opened) return;
    port = *opened;
    add_log_output({write_to_serial, nullptr, nullptr, LogOutput::Colours::none}, Earlier::drop);
    put("\n");  // whoever wrote last may have left the line unfinished
}

void configure_log() {
    const auto name = option(command_line(), "log_level");
    if (!name) return;
    if (const auto level = level_named(*name))
        set_log_level(*level);
    else
        log_warning("there is no log level {}: debug, info, warning and error are", *name);
}

void set_log_level(LogLevel level) { shown_from.store(level, std::memory_order_relaxed); }

void write_log(LogLevel level, const Message& message) {
    {
        const Call call;
        add_line(call, level, message);
    }
    write_out_what_was_left();
}

void take_log_over() {
    owner.store(own_number());
    writer.store(own_number());
}

void LogSink::write(std::string_view text) {
    const bool panicking = owner.load(std::memory_order_relaxed) == own_number();
    if (panicking) {
        put(text);
        return flush();
    }
    {
        const Call call;
        for (unsigned i = 0; i < patience && owner.load(std::memory_order_relaxed) == 0; ++i) {
            const Outputs held;
            if (held) {
                write_out_all();
                put(text);
                flush();
            }
            if (held || call.nested()) break;
            arch::wait_a_moment();
        }
    }
    write_out_what_was_left();
}

const LogRing& log_ring() { return kernel_log; }

void add_log_output(const LogOutput& output, Earlier earlier) {
    ensure(output_count < outputs.size(), "the log has no room for another output");
    if (earlier == Earlier::repeat)
        kernel_log.for_each_piece([&](const LogPiece& piece) {
            if (piece.stamp.level >= shown_from.load(std::memory_order_relaxed)) put_piece(output, piece);
        });
    if (output.flush != nullptr) output.flush(output.context);
    outputs[output_count++] = output;
}

}  // namespace lintel
