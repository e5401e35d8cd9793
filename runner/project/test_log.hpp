// What a kernel under test says on its serial line. A line of it is one of
//
//     test: NAME              this test is about to run
//     ok: NAME                it passed; behind it can stand a remark, as in TAP: `# 0.012 s`, `# SKIP WHY`
//     not ok: NAME: WHY       it failed
//     ok 1 - NAME             TAP's way (testanything.org), with `# SKIP WHY`; likewise `not ok 2 - NAME`
//     1..N                    TAP's plan: there will be N results
//
// and all other lines are none of its business.
// Invariant: a test appears once, in the order of beginning.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lintel::runner {

enum class TestState { running, passed, failed, skipped };

struct TestCase {
    std::string name;  // empty for a kernel as a whole
    TestState state = TestState::running;
    std::string why{};
    double seconds = 0;
};

class TestLog {
public:
    using Time = std::chrono::steady_clock::time_point;

    explicit TestLog(Time begin) : progress_(begin) {}

    /// Takes plain text as it comes; `now` is when it came.
    void feed(std::string_view text, Time now);

    [[nodiscard]] const std::vector<TestCase>& cases() const { return cases_; }
    /// The last that began and has not ended.
    [[nodiscard]] const TestCase* running() const;
    /// When a test began or ended last, or the machine started.
    [[nodiscard]] Time progress() const { return progress_; }
    /// How many results were promised.
    [[nodiscard]] std::optional<std::size_t> plan() const { return plan_; }
    [[nodiscard]] std::size_t results() const;

private:
    void take_line(std::string_view line, Time now);
    void take_tap(std::string_view line, TestState state, Time now);
    void begin(std::string_view name, Time now);
    void end(std::string_view name, TestState state, std::string_view why, Time now);

    std::vector<TestCase> cases_{};
    std::optional<std::size_t> plan_{};
    std::string line_{};
    Time progress_;
};

}  // namespace lintel::runner
