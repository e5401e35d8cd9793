// The log in the machine: from where it may be written to, and what the ring has of it.
#include <array>
#include <atomic>

#include "arch/arch.hpp"
#include "arch/local_apic.hpp"
#include "kernel/interrupts/interrupts.hpp"
#include "kernel/log.hpp"
#include "kernel/processors/processor.hpp"
#include "kernel/sync/spin_lock.hpp"
#include "kernel/tests/tests.hpp"
#include "kernel/time/time.hpp"
#include "kernel/time/timers.hpp"

namespace lintel {
namespace {

/// The ring's last line, which may be long.
struct LastLine {
    LastLine() {
        log_ring().for_each_piece([this](const LogPiece& piece) {
            if (piece.first) text.clear();
            text.write(piece.text);
            stamp = piece.stamp;
        });
    }
    TextBuffer<2048> text{};
    LogStamp stamp{};
};

void a_line_is_the_rings_last() {
    log("the answer is {}", 42);
    expect_equal(LastLine().text.text(), "the answer is 42", "the last line");
}

void a_line_has_its_processor_and_level() {
    log_debug("quiet");
    const LastLine line;
    expect_equal(unsigned{line.stamp.processor}, this_processor().number, "the processor");
    expect(line.stamp.level == LogLevel::debug, "the level is another one");
}

void a_line_has_the_time_at_which_it_was_logged() {
    const auto before = static_cast<std::uint64_t>(now().since_entry().in_nanoseconds());
    log_debug("now");
    const auto after = static_cast<std::uint64_t>(now().since_entry().in_nanoseconds());
    const LastLine line;
    expect(line.stamp.ticks >= before && line.stamp.ticks <= after, "the time is not between before and after");
}

void stamps_are_in_microseconds() {
    log_debug("first");
    const std::uint64_t first = log_ring().microseconds_at(LastLine().stamp.ticks);
    const std::uint64_t until = arch::timestamp() + clock_frequency() / 100;
    while (arch::timestamp() < until) arch::wait_a_moment();
    log_debug("second");
    const std::uint64_t passed = log_ring().microseconds_at(LastLine().stamp.ticks) - first;
    expect(passed >= 9'000, "less than 9 ms have passed in 10");
}

void when_log_returns_its_line_is_out() {
    const std::uint64_t before = log_ring().taken();
    log("out");
    expect(log_ring().taken() > before, "nothing was taken");
    expect(!log_ring().next(), "something was left");
}

void a_thousand_lines_are_in_order_and_none_is_missing() {
    constexpr unsigned lines = 1000;
    for (unsigned i = 0; i < lines; ++i) log_debug("line {}", i);
    // Somebody else may have had something to say meanwhile.
    const auto ours = [](const LogPiece& piece) { return piece.text.starts_with("line "); };
    unsigned kept = 0;
    log_ring().for_each_piece([&](const LogPiece& piece) { kept += ours(piece) ? 1U : 0U; });
    expect(kept > LogRing::slot_count * 9 / 10, "the ring is full of something else");
    unsigned next = lines - kept;
    log_ring().for_each_piece([&](const LogPiece& piece) {
        if (!ours(piece)) return;
        TextBuffer<32> wanted;
        print(wanted, "line {}", next++);
        expect_equal(piece.text, wanted.text(), "the line");
    });
}

void a_long_line_stays_whole() {
    TextBuffer<1500> words;
    for (unsigned i = 0; i < 300; ++i) print(words, "{:04} ", i);
    log_debug("{}", words.text());
    expect(LastLine().text.text() == words.text(), "the line has changed");
}

void what_could_command_a_terminal_is_taken_out() {
    log_debug("{}", "\x1b[2J\r\n");
    expect_equal(LastLine().text.text(), "?[2J??", "the line");
}

void text_that_is_no_line_is_not_in_the_ring() {
    log_debug("a line");
    LogSink().write("no line\n");
    expect_equal(LastLine().text.text(), "a line", "the last line");
}

constinit std::atomic<unsigned> handled = 0;

void log_in_handler(void* /*context*/) {
    log_debug("from a handler");
    handled.fetch_add(1);
}

void send_to_self() {
    static const unsigned vector = add_interrupt_handler("log test", log_in_handler).value_or(0);
    arch::send_interrupt(this_processor().apic_id, vector);
}

void an_interrupt_handler_may_log() {
    const unsigned before = handled.load();
    send_to_self();
    while (handled.load() == before) arch::wait_a_moment();
    expect_equal(LastLine().text.text(), "from a handler", "the last line");
}

void interrupts_may_come_while_a_line_is_written() {
    const unsigned before = handled.load();
    for (unsigned i = 0; i < 200; ++i) {
        send_to_self();
        log_debug("line {}", i);
    }
    while (handled.load() == before) arch::wait_a_moment();
    log_debug("the end");
    expect_equal(LastLine().text.text(), "the end", "the last line");
    expect(!log_ring().next(), "something was left");
}

void a_handlers_line_is_out_whenever_it_comes() {
    struct Logger {
        Timer timer{fire, this};
        std::atomic<bool> over = false;
        static void fire(void* context) {
            log_debug("from a timer");
            static_cast<Logger*>(context)->over = true;
        }
    };
    const Instant end = now() + Duration::seconds(1);
    for (unsigned round = 0; now() < end; ++round) {
        Logger logger;
        start_timer(logger.timer, now() + Duration::nanoseconds(round * 7 % 20000));
        while (!logger.over.load()) log_debug("line {}", round);
        if (log_ring().next()) return expect(false, "a line was left");
    }
}

void a_line_may_be_logged_with_interrupts_masked() {
    const InterruptsMasked masked;
    log("masked");
    expect_equal(LastLine().text.text(), "masked", "the last line");
    expect(!arch::interrupts_enabled(), "interrupts are not masked any more");
}

constexpr std::array<KernelTest, 13> log_list = {{
    {"log: a_line_is_the_rings_last", a_line_is_the_rings_last},
    {"log: a_line_has_its_processor_and_level", a_line_has_its_processor_and_level},
    {"log: a_line_has_the_time_at_which_it_was_logged", a_line_has_the_time_at_which_it_was_logged},
    {"log: stamps_are_in_microseconds", stamps_are_in_microseconds},
    {"log: when_log_returns_its_line_is_out", when_log_returns_its_line_is_out},
    {"log: a_thousand_lines_are_in_order_and_none_is_missing", a_thousand_lines_are_in_order_and_none_is_missing},
    {"log: a_long_line_stays_whole", a_long_line_stays_whole},
    {"log: what_could_command_a_terminal_is_taken_out", what_could_command_a_terminal_is_taken_out},
    {"log: text_that_is_no_line_is_not_in_the_ring", text_that_is_no_line_is_not_in_the_ring},
    {"log: an_interrupt_handler_may_log", an_interrupt_handler_may_log},
    {"log: interrupts_may_come_while_a_line_is_written", interrupts_may_come_while_a_line_is_written},
    {"log: a_handlers_line_is_out_whenever_it_comes", a_handlers_line_is_out_whenever_it_comes},
    {"log: a_line_may_be_logged_with_interrupts_masked", a_line_may_be_logged_with_interrupts_masked},
}};

}  // namespace

const std::span<const KernelTest> log_tests = log_list;

}  // namespace lintel
