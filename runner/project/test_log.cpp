// See the header.
#include "runner/project/test_log.hpp"

#include <algorithm>
#include <charconv>

namespace lintel::runner {

namespace {

constexpr std::size_t longest_log_line = 4096;

bool take_prefix(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
}

std::string_view without_blanks(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::optional<std::size_t> take_number(std::string_view& text) {
    std::size_t value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

/// Takes what stands behind a hash sign off the end. TAP 14: a test that is skipped, or known to fail, counts neither
/// way.
std::string_view take_remark(std::string_view& text, TestState& state) {
    const std::size_t mark = text.find(" # ");
    if (mark == std::string_view::npos) return {};
    std::string_view remark = without_blanks(text.substr(mark + 3));
    text = text.substr(0, mark);
    for (std::string_view directive : {"SKIP", "skip", "TODO", "todo"})
        if (take_prefix(remark, directive)) state = TestState::skipped;
    return without_blanks(remark);
}

}  // namespace

void TestLog::feed(std::string_view text, Time now) {
    for (char letter : text) {
        if (letter == '\n') {
            take_line(without_blanks(line_), now);
            line_.clear();
        } else if (line_.size() < longest_log_line) {
            line_ += letter;
        }
    }
}

const TestCase* TestLog::running() const {
    auto found = std::ranges::find(cases_.rbegin(), cases_.rend(), TestState::running, &TestCase::state);
    return found == cases_.rend() ? nullptr : &*found;
}

std::size_t TestLog::results() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(cases_, [](const TestCase& one) { return one.state != TestState::running; }));
}

void TestLog::take_line(std::string_view line, Time now) {
    std::string_view rest = line;
    if (take_prefix(rest, "test: ")) return begin(without_blanks(rest), now);
    if (take_prefix(rest, "ok: ")) {
        TestState state = TestState::passed;
        const std::string_view why = take_remark(rest, state);
        return end(without_blanks(rest), state, why, now);
    }
    if (take_prefix(rest, "not ok: ")) {
        // A name can have a colon in it, so the test that runs is asked first.
        const TestCase* test = running();
        std::size_t length = rest.find(": ");
        if (test != nullptr && (rest == test->name || rest.starts_with(test->name + ": "))) length = test->name.size();
        std::string_view why = length < rest.size() ? rest.substr(length + 2) : "";
        return end(without_blanks(rest.substr(0, length)), TestState::failed, without_blanks(why), now);
    }
    if (take_prefix(rest, "Bail out!")) {
        const std::string name = running() != nullptr ? running()->name : "Bail out!";
        return end(name, TestState::failed, without_blanks(rest), now);
    }
    if (take_prefix(rest, "1..")) {
        if (auto count = take_number(rest); count && (rest.empty() || rest.front() == ' ')) plan_ = count;
        return;
    }
    if (take_prefix(rest, "not ok ")) {
        take_tap(rest, TestState::failed, now);
    } else if (take_prefix(rest, "ok ")) {
        take_tap(rest, TestState::passed, now);
    }
}

void TestLog::take_tap(std::string_view rest, TestState state, Time now) {
    auto number = take_number(rest);
    if (!number || (!rest.empty() && rest.front() != ' ')) return;
    const std::string_view why = take_remark(rest, state);
    rest = without_blanks(rest);
    if (take_prefix(rest, "-")) rest = without_blanks(rest);
    end(rest.empty() ? "test " + std::to_string(*number) : std::string(rest), state, why, now);
}

void TestLog::begin(std::string_view name, Time now) {
    progress_ = now;
    cases_.push_back({.name = std::string(name)});
}

void TestLog::end(std::string_view name, TestState state, std::string_view why, Time now) {
    auto found = std::ranges::find_if(cases_.rbegin(), cases_.rend(), [&](const TestCase& one) {
        return one.state == TestState::running && one.name == name;
    });
    TestCase& test = found != cases_.rend() ? *found : cases_.emplace_back(TestCase{.name = std::string(name)});
    test.state = state;
    test.why = why;
    test.seconds = std::chrono::duration<double>(now - progress_).count();
    progress_ = now;
}

}  // namespace lintel::runner
