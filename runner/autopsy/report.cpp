// Evidence in words: a title for each fact on the left, and what it is on the right.
// Invariant: every line is shorter than a wide terminal, but for names that the kernel's author chose.
#include <algorithm>
#include <span>

#include "runner/autopsy/autopsy.hpp"
#include "runner/autopsy/exceptions.hpp"
#include "runner/autopsy/symbolizer.hpp"

namespace lintel::runner {

namespace {

constexpr std::size_t shown_callers = 12;
constexpr std::size_t shown_lines = 4;  // of the serial line
constexpr std::size_t shown_log = 12;   // lines
constexpr std::size_t width = 100;      // of a sentence

class Text {
public:
    void line(std::string_view title, std::string_view text) {
        fmt::format_to(std::back_inserter(text_), "  {:<11} {}\n", title, text);
    }
    /// Wrapped at blanks.
    void sentence(std::string_view title, std::string_view text) {
        while (text.size() > width) {
            std::size_t end = text.rfind(' ', width);
            if (end == std::string_view::npos) break;
            line(title, text.substr(0, end));
            text.remove_prefix(end + 1);
            title = "";
        }
        line(title, text);
    }
    std::string take() { return std::move(text_); }

private:
    std::string text_{};
};

std::string what_happened(const Evidence& evidence) {
    if (evidence.ending == Ending::panic) return "panic";
    if (evidence.chain.empty()) return evidence.ending == Ending::hang ? "hang" : "triple fault";
    const Fault& fault = evidence.chain.front();
    std::string text = name_of_vector(fault.vector);
    const std::string error = describe_error(fault);
    return error.empty() ? text : text + ": " + error;
}

/// Where it happened, for a sentence: the code; where there is none, who went there.
std::string where(const Evidence& evidence) {
    if (evidence.place.known() && evidence.place.in_code) return " in " + short_description(evidence.place);
    if (!evidence.place.in_code && !evidence.callers.empty() && evidence.callers[0].place.known())
        return ", from " + short_description(evidence.callers[0].place);
    return fmt::format(" at {:#x}", evidence.registers.instruction);
}

void print_chain(Text& text, const Evidence& evidence) {
    if (evidence.chain.empty()) return;
    const Fault& fault = evidence.chain.front();
    std::string numbers =
        fmt::format("vector {}, error code {:#x}, privilege level {}", fault.vector, fault.error, fault.privilege);
    if (evidence.guessed) numbers += " (concluded from the registers: there is no log of exceptions)";
    text.line("fault", numbers);
    for (std::size_t at = 1; at < evidence.chain.size(); ++at) {
        const std::string error = describe_error(evidence.chain[at]);
        text.line("", fmt::format("then {}{}{}", name_of_vector(evidence.chain[at].vector), error.empty() ? "" : ", ",
                                  error));
    }
}

void print_place(Text& text, const Evidence& evidence) {
    const std::uint64_t at = evidence.registers.instruction;
    std::string where = fmt::format("{:#x}", at);
    if (evidence.place.known())
        where += "  " + short_description(evidence.place);
    else
        where += "  " + describe(evidence.at_instruction);
    text.line("at", where);
    for (std::size_t inlined = 1; inlined < evidence.place.frames.size(); ++inlined)
        text.line("", "inlined into " + short_description(evidence.place.frames[inlined]));
    if (auto source = text_of(evidence.place.source()))
        text.line("source", fmt::format("{} | {}", evidence.place.source().line, *source));
    if (!evidence.instruction.text.empty()) text.line("instruction", evidence.instruction.text);
}

void print_addresses(Text& text, const Evidence& evidence) {
    const bool page_fault = !evidence.chain.empty() && evidence.chain.front().vector == 14;
    if (page_fault || evidence.instruction.operand) {
        if (evidence.ending != Ending::fault && !evidence.storm) return;
        text.line(page_fault ? "CR2" : "operand",
                  fmt::format("{:#x}  {}", evidence.at_address.address, describe(evidence.at_address)));
    }
}

void print_registers(Text& text, const Registers& registers) {
    for (std::size_t row = 0; row < 4; ++row) {
        std::string line;
        for (std::size_t column = 0; column < 4; ++column) {
            const std::size_t number = row * 4 + column;
            line += fmt::format("{}{:<3} {:016x}", column == 0 ? "" : "  ", general_names[number],
                                registers.general[number]);
        }
        text.line(row == 0 ? "registers" : "", line);
    }
    text.line("", fmt::format("rip {:016x}  rflags {:x} (interrupts {})  cs {:x}  ss {:x}", registers.instruction,
                              registers.flags, registers.interrupts_on() ? "on" : "off", registers.code_segment,
                              registers.stack_segment));
    text.line("", fmt::format("cr0 {:x}  cr2 {:x}  cr3 {:x}  cr4 {:x}  efer {:x}", registers.cr0, registers.cr2,
                              registers.cr3, registers.cr4, registers.extended_features));
    text.line("", fmt::format("gdt {:x} limit {:x}  idt {:x} limit {:x}", registers.global.base, registers.global.limit,
                              registers.interrupts.base, registers.interrupts.limit));
}

void print_callers(Text& text, const Evidence& evidence) {
    std::vector<std::pair<std::string, unsigned>> lines;  // and how often each comes in a row
    for (const CallSite& caller : evidence.callers) {
        std::vector<std::string> found;
        found.reserve(caller.place.frames.size() + 1);
        for (const Frame& frame : caller.place.frames) found.push_back(short_description(frame));
        if (found.empty())
            found.push_back(caller.place.known() ? short_description(caller.place)
                                                 : fmt::format("{:#x}", caller.address));
        for (std::string& line : found) {
            if (!lines.empty() && lines.back().first == line)
                ++lines.back().second;
            else
                lines.emplace_back(std::move(line), 1U);
        }
    }
    for (std::size_t at = 0; at < lines.size() && at < shown_callers; ++at)
        text.line(at == 0 ? "called by" : "",
                  lines[at].first + (lines[at].second == 1 ? "" : fmt::format("  ({} times)", lines[at].second)));
    if (lines.size() > shown_callers) text.line("", fmt::format("and {} more", lines.size() - shown_callers));
}

void print_looks(Text& text, const Evidence& evidence) {
    if (evidence.samples.empty() || evidence.storm) return;
    std::vector<std::pair<std::string, unsigned>> functions;
    for (const Sample& sample : evidence.samples) {
        const std::string name =
            sample.place.symbol.empty() ? fmt::format("{:#x}", sample.instruction) : sample.place.symbol;
        auto known = std::ranges::find(functions, name, &std::pair<std::string, unsigned>::first);
        if (known == functions.end())
            functions.emplace_back(name, 1U);
        else
            ++known->second;
    }
    std::ranges::sort(functions, std::greater(), &std::pair<std::string, unsigned>::second);
    std::string line;
    for (std::size_t at = 0; at < functions.size() && at < 5; ++at)
        line += fmt::format("{}{} of {} in {}", at == 0 ? "" : ", ", functions[at].second, evidence.samples.size(),
                            functions[at].first);
    text.line("looks", line);
}

/// What a person has not seen yet.
void print_log(Text& text, const KernelLog& log) {
    if (!log.broken.empty()) text.sentence("log", "the kernel's log in memory cannot be read: " + log.broken);
    if (log.lines.empty()) return;
    const std::size_t count = log.lines.size();
    text.line("log", fmt::format("{} line{} in the kernel's memory that the serial line did not get{}", count,
                                 count == 1 ? "" : "s", count > shown_log ? ", the last of them:" : ":"));
    for (const std::string& line : std::span(log.lines).last(std::min(count, shown_log))) text.sentence("", line);
}

std::string_view last_of(std::string_view log) {
    while (log.ends_with('\n')) log.remove_suffix(1);
    std::size_t begin = log.size();
    for (std::size_t count = 0; count < shown_lines && begin != 0 && begin != std::string_view::npos; ++count)
        begin = log.rfind('\n', begin - 1);
    return begin == std::string_view::npos ? log : log.substr(std::min(begin + 1, log.size()));
}

}  // namespace

Autopsy report(const Evidence& evidence) {
    const auto cause = likely_cause(evidence);
    const std::string what = what_happened(evidence);
    Autopsy result;
    result.headline = (cause ? cause->name : what) + where(evidence);

    Text text;
    if (evidence.ending != Ending::panic) text.line("what", what);
    if (cause) text.sentence("cause", cause->name + ": " + cause->sentence);
    if (const std::string why = why_unhandled(evidence); !why.empty()) text.sentence("unhandled", why);
    print_place(text, evidence);
    print_addresses(text, evidence);
    print_callers(text, evidence);
    print_looks(text, evidence);
    print_chain(text, evidence);
    // After a panic they are those of the loop that it ends in.
    if (evidence.ending != Ending::panic) print_registers(text, evidence.registers);
    print_log(text, evidence.log);
    if (!evidence.last_lines.empty()) {
        std::string_view rest = evidence.last_lines;
        for (std::string_view title = "serial"; !rest.empty(); title = "") {
            const std::size_t end = std::min(rest.find('\n'), rest.size());
            text.line(title, rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }
    result.text = text.take();
    return result;
}

std::optional<Autopsy> examine(Machine& machine, DebugInfo* kernel, Conclusion& conclusion, std::string_view log) {
    const Verdict verdict = conclusion.verdict;
    if (verdict != Verdict::triple_fault && verdict != Verdict::timed_out && verdict != Verdict::panicked)
        return std::nullopt;
    const Ending ending = verdict == Verdict::triple_fault ? Ending::fault
                          : verdict == Verdict::timed_out  ? Ending::hang
                                                           : Ending::panic;
    auto evidence = collect(machine.control(), machine.faults(), kernel, ending);
    if (!evidence) return std::nullopt;
    evidence->log.lines = lines_missing_in(log, std::move(evidence->log.lines));
    evidence->last_lines = last_of(log);
    Autopsy result = report(*evidence);
    if (verdict != Verdict::panicked) conclusion.detail = result.headline;
    return result;
}

}  // namespace lintel::runner
