// The log in the machine, written to by all processors at once, each of them interrupted by NMIs that log as well.
#include <array>
#include <atomic>

#include "arch/arch.hpp"
#include "arch/local_apic.hpp"
#include "kernel/debug/traps.hpp"
#include "kernel/log.hpp"
#include "kernel/processors/calls.hpp"
#include "kernel/processors/processor.hpp"
#include "kernel/sync/spin_lock.hpp"
#include "kernel/tests/tests.hpp"

namespace lintel {
namespace {

/// What one processor has written, and what of it was found in the ring.
struct Count {
    std::atomic<unsigned> nmis = 0;
    unsigned lines_found = 0;
    unsigned nmis_found = 0;
};
constinit std::array<Count, most_processors> counts{};

using Line = TextBuffer<256>;

/// Of different lengths, with one slot of the ring or two: "storm: line 2 of processor 1 ccccc.".
Line line_of(unsigned processor, unsigned number) {
    Line line;
    print(line, "storm: line {} of processor {} ", number, processor);
    const char letter = static_cast<char>('a' + number % 26);
    for (unsigned i = 0; i < (number * 37 + processor * 11) % 120; ++i) line.write({&letter, 1});
    line.write(".");
    return line;
}

Line nmi_line_of(unsigned processor, unsigned number) {
    Line line;
    print(line, "storm: NMI {} of processor {}.", number, processor);
    return line;
}

bool log_in_nmi() {
    const unsigned number = this_processor().number;
    log("{}", nmi_line_of(number, counts[number].nmis.load()).text());
    counts[number].nmis.fetch_add(1);
    return true;
}

/// Writes lines, and has an NMI come to the next processor before each, whose turn ends when that was answered.
void write_lines(unsigned lines) {
    const unsigned number = this_processor().number;
    const unsigned next = (number + 1) % processor_count();
    for (unsigned i = 0; i < lines; ++i) {
        const unsigned before = counts[next].nmis.load();
        arch::send_nmi(processor(next).apic_id);
        log("{}", line_of(number, i).text());
        while (counts[next].nmis.load() == before) arch::wait_a_moment();
    }
}

/// Counts the line as found if it is the one that its processor wrote next.
void find(std::string_view text, unsigned processor) {
    Count& count = counts[processor];
    const bool is_line = text == line_of(processor, count.lines_found).text();
    const bool is_nmi = text == nmi_line_of(processor, count.nmis_found).text();
    count.lines_found += is_line ? 1U : 0U;
    count.nmis_found += is_nmi ? 1U : 0U;
    expect(is_line || is_nmi, "a line is out of turn, or not what was written");
}

void lines_of_all_processors_among_nmis() {
    // At most three slots for a line with its NMI, and the ring keeps them all.
    const unsigned lines = 450 / (3 * processor_count());
    for (Count& count : counts) {
        count.nmis = 0;
        count.lines_found = count.nmis_found = 0;
    }
    answer_nmis(log_in_nmi);
    work_on_each([=] { write_lines(lines); });
    answer_nmis(nullptr);

    Line text;
    log_ring().for_each_piece([&](const LogPiece& piece) {
        if (piece.first) text.clear();
        text.write(piece.text);
        if (piece.last && text.text().starts_with("storm: ")) find(text.text(), piece.stamp.processor);
    });
    for (unsigned number = 0; number < processor_count(); ++number) {
        expect_equal(counts[number].lines_found, lines, "the number of a processor's lines");
        expect_equal(counts[number].nmis_found, lines, "the number of lines from NMIs");
    }
}

// With interrupts masked no timer's line comes in between.

/// What has come out since it was cleared last; the output that keeps it is one of the log's for good.
TextBuffer<4096>& text_out() {
    static constinit TextBuffer<4096> text;
    static constinit bool added = false;
    if (!added) {
        const auto write = [](void* /*context*/, std::string_view piece) { text.write(piece); };
        add_log_output({write, nullptr, nullptr, LogOutput::Colours::none}, Earlier::drop);
    }
    added = true;
    return text;
}

void a_line_below_the_level_has_no_output() {
    const InterruptsMasked masked;
    set_log_level(LogLevel::info);
    text_out().clear();
    for (unsigned i = 0; i < 100; ++i) log_debug("unheard");
    expect(!text_out().text().contains("unheard"), "what is not to be shown is put out");
    set_log_level(LogLevel::debug);
    log_debug("heard");
    expect(text_out().text().ends_with("] heard\n"), "what is to be shown is not put out");
    set_log_level(LogLevel::info);
    configure_log();
}

void what_is_being_typed_stays_behind_a_line() {
    const InterruptsMasked masked;
    LogSink().write("prompt> typ");
    LogSink().write("o\bed");
    text_out().clear();
    log("news");
    const bool repeated = text_out().text().ends_with("] news\nprompt> typo\bed");
    text_out().clear();
    log("more news");
    const bool again = text_out().text().starts_with("\n[") && text_out().text().ends_with("\nprompt> typo\bed");
    LogSink().write("\n");
    text_out().clear();
    log("other news");
    expect(repeated, "it is not there behind the first line of the log");
    expect(again, "it is not there behind the second one");
    expect(text_out().text().ends_with("] other news\n"), "a finished line comes again");
}

void a_line_too_long_to_be_kept_is_not_repeated() {
    const InterruptsMasked masked;
    TextBuffer<600> line;
    while (line.text().size() < 600) line.write("long ");
    LogSink().write(line.text());
    text_out().clear();
    log("news");
    const bool repeated = !text_out().text().ends_with("] news\n");
    LogSink().write("\n");
    expect(!repeated, "a part of it is repeated");
}

constexpr std::array<KernelTest, 4> log_many_list = {{
    {"log: lines_of_all_processors_among_nmis_are_whole_in_order_and_all_there", lines_of_all_processors_among_nmis},
    {"log: a_line_below_the_level_has_no_output", a_line_below_the_level_has_no_output},
    {"log: what_is_being_typed_comes_again_behind_a_line_of_the_log", what_is_being_typed_stays_behind_a_line},
    {"log: an_unfinished_line_that_is_too_long_to_be_kept_is_not_repeated", a_line_too_long_to_be_kept_is_not_repeated},
}};

}  // namespace

const std::span<const KernelTest> log_many_tests = log_many_list;

}  // namespace lintel
