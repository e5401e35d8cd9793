#include "kernel/tests/tests.hpp"

#include <array>

#include "arch/arch.hpp"
#include "kernel/log.hpp"
#include "kernel/processors/processor.hpp"
#include "kernel/sync/spin_lock.hpp"
#include "kernel/time/time.hpp"

namespace lintel {
namespace {

enum class Outcome : std::uint8_t { passed, failed, skipped };

// clang-format off: one a line
constexpr std::array lists = {
    &acpi_tests,
    &console_tests,
    &heap_tests,
    &heap_many_tests,
    &input_tests,
    &interrupt_tests,
    &lock_tests,
    &lock_kinds_tests,
    &log_tests,
    &log_many_tests,
    &memory_tests,
    &monitor_tests,
    &processor_tests,
    &routing_tests,
    &runtime_tests,
    &soak_tests,
    &time_tests,
    &trap_tests,
};
// clang-format on

constinit SpinLock lock("test result");

// Of the test that runs, with the lock held: it may use several processors.
constinit Outcome outcome = Outcome::passed;
constinit test_detail::Words reason{};
constinit std::source_location place{};

/// The first reason counts, except that a test that cannot be done can still fail.
void end_test_as(Outcome how, std::string_view why, std::source_location where) {
    const Locked locked(lock);
    if (outcome == Outcome::failed || outcome == how) return;
    outcome = how;
    reason.clear();
    reason.write(why);
    place = where;
}

/// Seconds with microseconds: "0.012345 s".
class Stopwatch {
public:
    explicit Stopwatch(std::uint64_t frequency) : frequency_(frequency) {}

    [[nodiscard]] TextBuffer<32> text() const {
        TextBuffer<32> words;
        if (frequency_ == 0) {
            words.write("time unknown");
            return words;
        }
        const std::uint64_t ticks = arch::timestamp() - begin_;
        print(words, "{}.{:06} s", ticks / frequency_, ticks % frequency_ * 1'000'000 / frequency_);
        return words;
    }

private:
    std::uint64_t frequency_;
    std::uint64_t begin_ = arch::timestamp();
};

Outcome run(const KernelTest& test, std::uint64_t frequency) {
    outcome = Outcome::passed;
    log_plain("test: {}", test.name);
    const bool took_interrupts = arch::interrupts_enabled();
    const Stopwatch stopwatch(frequency);
    test.run();
    const auto time = stopwatch.text();
    expect(arch::interrupts_enabled() == took_interrupts, "interrupts are not masked or enabled as they were before");
    switch (outcome) {
        case Outcome::passed:
            log_plain("ok: {} # {}", test.name, time.text());
            break;
        case Outcome::skipped:
            log_plain("ok: {} # SKIP {}", test.name, reason.text());
            break;
        case Outcome::failed:
            log_plain("not ok: {}: {} ({}:{})", test.name, reason.text(), place.file_name(), place.line());
    }
    return outcome;
}

}  // namespace

void expect(bool condition, std::string_view why, std::source_location where) {
    if (!condition) end_test_as(Outcome::failed, why, where);
}

void test_detail::fail_test(const Words& why, std::source_location where) {
    end_test_as(Outcome::failed, why.text(), where);
}

void skip(std::string_view why) { end_test_as(Outcome::skipped, why, {}); }

Result<unsigned> run_tests(std::string_view filter) {
    const std::uint64_t frequency = clock_frequency();
    std::array<unsigned, 3> counts{};
    for (const auto* list : lists)
        for (const KernelTest& test : *list)
            if (test.name.contains(filter)) ++counts[static_cast<std::size_t>(run(test, frequency))];
    const auto [passed, failed, skipped] = counts;
    if (passed + failed + skipped == 0) return fail(ErrorCode::not_found, "no test has this in its name", filter);
    log("{} tests, {} failed, {} skipped, with {} processors", passed + failed + skipped, failed, skipped,
        processor_count());
    return failed;
}

}  // namespace lintel
