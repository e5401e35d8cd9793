// See the header. TAP: testanything.org, version 14. JUnit's XML has no specification; this is what GitLab and Jenkins
// read.
#include "runner/project/test_report.hpp"

#include <algorithm>

#include "base/utf8.hpp"

namespace lintel::runner {

namespace {

constexpr std::string_view no_result = "it began, and nothing said how it ended";

bool plan_kept(const TestLog& log) { return log.plan() && *log.plan() == log.results(); }

/// What is wrong with the kernel as a whole; empty for nothing.
std::string complaint_about(const TestLog& log, const Conclusion& conclusion) {
    if (log.plan() && !plan_kept(log) &&
        (conclusion.verdict == Verdict::passed || conclusion.verdict == Verdict::halted))
        return fmt::format("its plan promises {} results, and it gave {}", *log.plan(), log.results());
    if (conclusion.verdict == Verdict::passed) return "";
    if (conclusion.verdict != Verdict::halted) return describe(conclusion);
    if (plan_kept(log)) return "";
    return "halted without a verdict: to pass, write 0x10 to port 0xf4 (isa-debug-exit), or keep a TAP plan";
}

Exit code_of(const TestLog& log, const Conclusion& conclusion) {
    if (conclusion.verdict == Verdict::halted && !log.plan()) return Exit::no_verdict;
    const Exit code = exit_code(conclusion.verdict);
    return code == Exit::success ? Exit::failed : code;
}

std::string full_name(const KernelResult& result, const TestCase& test) {
    return test.name.empty() ? result.name : fmt::format("{}: {}", result.name, test.name);
}

/// What a terminal, a TAP reader or an XML parser takes as it stands: no control characters.
std::string on_one_line(std::string_view text) {
    std::string result(text);
    std::ranges::replace_if(result, [](char letter) { return static_cast<unsigned char>(letter) < ' '; }, ' ');
    return result;
}

std::string escaped(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        // A guest's bytes need not be UTF-8, and not every character is one that XML 1.0 takes (2.2).
        const char32_t letter = take_code_point(text);
        const bool plain = letter >= ' ' && letter < 0x7f && !std::u32string_view(U"&<>\"").contains(letter);
        if (plain || letter == '\n' || letter == '\t')
            result += static_cast<char>(letter);
        else if (letter >= ' ' && (letter & 0xfffe) != 0xfffe)
            result += fmt::format("&#{};", static_cast<std::uint32_t>(letter));
    }
    return result;
}

std::string tap_of(std::span<const KernelResult> results) {
    std::string text = "TAP version 14\n";
    std::size_t number = 0;
    for (const KernelResult& result : results)
        for (const TestCase& test : result.cases) {
            // A hash sign would begin a directive (TAP 14, "Escaping").
            std::string name;
            for (char letter : on_one_line(full_name(result, test))) {
                if (letter == '#' || letter == '\\') name += '\\';
                name += letter;
            }
            text += fmt::format("{}ok {} - {}", test.state == TestState::failed ? "not " : "", ++number, name);
            if (test.state == TestState::skipped) text += " # SKIP " + on_one_line(test.why);
            text += '\n';
            if (test.state != TestState::failed) continue;
            std::string why = on_one_line(test.why);
            for (std::size_t at = 0; (at = why.find('\'', at)) != std::string::npos; at += 2) why.insert(at, 1, '\'');
            text += fmt::format("  ---\n  message: '{}'\n  ...\n", why);
        }
    return text + fmt::format("1..{}\n", number);
}

std::string junit_of(std::span<const KernelResult> results) {
    std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"lintel\">\n";
    for (const KernelResult& result : results) {
        text += fmt::format(
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" time=\"{:.3f}\">\n",
            escaped(result.name), result.cases.size(), result.count(TestState::failed),
            result.count(TestState::skipped), result.seconds);
        for (const TestCase& test : result.cases) {
            text += fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\">", escaped(result.name),
                                escaped(test.name.empty() ? result.name : on_one_line(test.name)), test.seconds);
            const std::string why = escaped(on_one_line(test.why));
            if (test.state == TestState::failed) text += fmt::format("<failure message=\"{}\">{}</failure>", why, why);
            if (test.state == TestState::skipped) text += fmt::format("<skipped message=\"{}\"/>", why);
            text += "</testcase>\n";
        }
        if (!result.passed()) text += fmt::format("    <system-out>{}</system-out>\n", escaped(result.log));
        text += "  </testsuite>\n";
    }
    return text + "</testsuites>\n";
}

}  // namespace

std::size_t KernelResult::count(TestState state) const {
    return static_cast<std::size_t>(std::ranges::count(cases, state, &TestCase::state));
}

KernelResult judge(std::string name, const TestLog& log, const Conclusion& conclusion) {
    KernelResult result{.name = std::move(name), .cases = log.cases()};
    std::string complaint = complaint_about(log, conclusion);
    const bool said_so = conclusion.verdict == Verdict::passed || conclusion.verdict == Verdict::failed;
    for (TestCase& test : result.cases) {
        if (test.state != TestState::running) continue;
        test.state = TestState::failed;
        // Whatever ended the machine came from the test that ran last.
        test.why =
            !said_so && log.running() != nullptr && &test - result.cases.data() == log.running() - log.cases().data()
                ? std::exchange(complaint, "")
                : no_result;
        if (test.why.empty()) test.why = no_result;
    }
    if (conclusion.verdict == Verdict::failed && conclusion.detail.empty() && result.count(TestState::failed) != 0)
        complaint.clear();
    if (!complaint.empty()) result.cases.push_back({.name = "", .state = TestState::failed, .why = complaint});
    if (result.cases.empty()) result.cases.push_back({.name = "", .state = TestState::passed});
    if (result.count(TestState::failed) != 0) result.code = code_of(log, conclusion);
    return result;
}

std::string lines_for(const KernelResult& result, const Palette& palette) {
    std::string text;
    for (const TestCase& test : result.cases) {
        constexpr std::string_view words[] = {"", "ok", "FAILED", "skipped"};
        constexpr Tone tones[] = {Tone::plain, Tone::good, Tone::bad, Tone::warning};
        const auto state = static_cast<std::size_t>(test.state);
        text += fmt::format("{}{:{}}{}", palette.paint(tones[state], words[state]), "", 8 - words[state].size(),
                            on_one_line(full_name(result, test)));
        if (!test.why.empty()) text += ": " + on_one_line(test.why);
        if (test.state == TestState::passed && result.attempts > 1)
            text += fmt::format(" (attempt {})", result.attempts);
        text += '\n';
    }
    return text;
}

std::string summary_of(std::span<const KernelResult> results) {
    std::size_t total = 0, passed = 0, failed = 0, skipped = 0;
    for (const KernelResult& result : results) {
        total += result.cases.size();
        passed += result.count(TestState::passed);
        failed += result.count(TestState::failed);
        skipped += result.count(TestState::skipped);
    }
    std::string text = fmt::format("{} test{} in {} kernel{}: {} passed, {} failed", total, total == 1 ? "" : "s",
                                   results.size(), results.size() == 1 ? "" : "s", passed, failed);
    return skipped == 0 ? text : fmt::format("{}, {} skipped", text, skipped);
}

std::string report_of(std::span<const KernelResult> results, ReportFormat format) {
    if (format == ReportFormat::tap) return tap_of(results);
    if (format == ReportFormat::junit) return junit_of(results);
    std::string text;
    for (const KernelResult& result : results) text += lines_for(result, Palette(false));
    return text + summary_of(results) + "\n";
}

Exit exit_code(std::span<const KernelResult> results) {
    Exit code = Exit::success;
    for (const KernelResult& result : results) {
        if (result.passed()) continue;
        if (code != Exit::success && code != result.code) return Exit::failed;
        code = result.code;
    }
    return code;
}

}  // namespace lintel::runner
