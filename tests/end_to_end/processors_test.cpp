// Several processors, and how the kernel fails on them: in direct boot, a machine of its own for each failure.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "runner/machine/qmp.hpp"
#include "runner/machine/registers.hpp"
#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

enum class Checks { with, without };

Answer boot(Checks checks, std::string_view processors, std::string_view command_line) {
    Words words = {"run"};
    if (checks == Checks::with) words.push_back(build_folder() / "kernel/kernel-debug.elf");
    for (std::string_view word : {"--firmware", "direct", "--headless", "--until-halt", "--timeout", "150"})
        words.emplace_back(word);
    for (std::string_view word : {std::string_view("--cpus"), processors, std::string_view("--cmdline"), command_line})
        words.emplace_back(word);
    return lintel(words);
}

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

template <class T>
T must(runner::Outcome<T> outcome) {
    if (!outcome) throw std::runtime_error(outcome.error().sentence);
    if constexpr (!std::is_void_v<T>) return *std::move(outcome);
}

struct Failure {
    const char* name;
    const char* sentence;
    const char* function;
};

void PrintTo(const Failure& failure, std::ostream* out) { *out << failure.name; }

class LockFailures : public testing::TestWithParam<Failure> {};

TEST_P(LockFailures, are_named_with_the_locks_and_processors) {
    const Failure& failure = GetParam();
    const auto answer = boot(Checks::with, "2", std::string("fault=") + failure.name);
    EXPECT_EQ(answer.code, 3) << answer.err;
    EXPECT_TRUE(answer.out.contains(std::string("panic: ") + failure.sentence)) << answer.out;
    EXPECT_TRUE(answer.out.contains(failure.function)) << answer.out;
}

constexpr Failure failures[] = {
    {"lock-twice", "the lock first is taken twice by processor 0, first at kernel/debug/deliberate_processors.cpp:",
     "::take_twice+0x"},
    {"lock-order", "lock order: first is taken while third is held, and elsewhere first, then second, then third",
     "::take_in_the_other_order+0x"},
    {"lock-release", "the lock first, taken by processor 1, is released by processor 0",
     "::release_on_another_processor+0x"},
    {"lock-interrupt", "an interrupt comes while the lock first, taken at kernel/debug/deliberate_processors.cpp:",
     "lintel::handle_interrupt+0x"},
    {"lock-handler",
     "an interrupt handler returns while the lock first, taken at kernel/debug/deliberate_processors.cpp:",
     "lintel::handle_interrupt+0x"},
    {"lock-call",
     "a processor waits for another one while the lock first, taken at kernel/debug/deliberate_processors.cpp:",
     "lintel::run_on+0x"},
};

INSTANTIATE_TEST_SUITE_P(Kernel, LockFailures, testing::ValuesIn(failures), [](const auto& info) {
    std::string name = info.param.name;
    std::ranges::replace(name, '-', '_');
    return name;
});

TEST(Processors, a_kernel_without_checks_does_not_hang_in_what_they_would_find) {
    const auto answer = boot(Checks::without, "1", "fault=lock-twice");
    EXPECT_EQ(answer.code, 0) << answer.err << answer.out;
    EXPECT_TRUE(answer.out.contains("this kernel does not check itself for a lock that its holder takes again"))
        << answer.out;
}

TEST(Processors, a_kernel_with_several_halts_with_all_of_them) {
    const auto answer = boot(Checks::without, "4", "init=halt");
    EXPECT_EQ(answer.code, 0) << answer.err << answer.out;
    EXPECT_TRUE(answer.out.contains("processors: 4")) << answer.out;
}

TEST(Processors, the_last_line_is_out_whatever_the_others_were_writing) {
    const auto answer = boot(Checks::without, "4", "fault=talk init=halt");
    EXPECT_EQ(answer.code, 0) << answer.err << answer.out;
    EXPECT_TRUE(answer.out.contains("goes on talking")) << answer.out;
    EXPECT_TRUE(answer.out.contains("halted\n")) << answer.out;
}

TEST(Processors, sixty_four_start_and_answer) {
    const auto answer = boot(Checks::with, "64", "test=processors:");
    EXPECT_EQ(answer.code, 0) << answer.err << answer.out;
    EXPECT_TRUE(answer.out.contains("processors: 64")) << answer.out;
}

class Panics : public testing::TestWithParam<Checks> {};
INSTANTIATE_TEST_SUITE_P(Kernel, Panics, testing::Values(Checks::with, Checks::without), [](const auto& info) {
    return info.param == Checks::with ? "with_checks" : "without_checks";
});

TEST_P(Panics, of_all_processors_at_once_are_reported_once) {
    const auto answer = boot(GetParam(), "4", "fault=panic-everywhere");
    EXPECT_EQ(answer.code, 3) << answer.err;
    EXPECT_EQ(count(answer.out, "panic: asked for on all processors at once\n"), 1U) << answer.out;
    EXPECT_EQ(count(answer.out, "panic: on processor "), 1U) << answer.out;
    EXPECT_FALSE(answer.out.contains("within the panic")) << answer.out;
}

TEST_P(Panics, are_reported_to_their_end_when_nmis_come_meanwhile) {
    const auto answer = boot(GetParam(), "4", "fault=nmi-in-panic");
    EXPECT_EQ(answer.code, 3) << answer.err;
    EXPECT_TRUE(answer.out.contains("panic: asked for among NMIs\n")) << answer.out;
    EXPECT_TRUE(answer.out.contains("lintel::(anonymous namespace)::boot+0x")) << answer.out;
    EXPECT_FALSE(answer.out.contains("non-maskable")) << answer.out;
}

TEST_P(Panics, are_the_answer_to_an_nmi_that_nobody_asked_for) {
    const auto answer = boot(GetParam(), "2", "fault=nmi");
    EXPECT_EQ(answer.code, 3) << answer.err;
    EXPECT_TRUE(answer.out.contains("panic: non-maskable interrupt\n")) << answer.out;
}

/// Boots a machine that panics, stops it after the report's first line, and has an NMI come to all of its processors
/// then. What the machine said; nothing where it had finished its report by the time that it was to stop.
std::optional<std::string> panic_with_an_nmi_from_outside(Checks checks, int& code) {
    Scratch scratch;
    const fs::path socket = scratch / "qmp";
    const fs::path file = checks == Checks::with ? debug_kernel() : kernel();
    Terminal terminal({"run",          "--kernel",   file,        "--loader",
                       "lintel",       "--firmware", "direct",    "--headless",
                       "--until-halt", "--verbose",  "--timeout", "150",
                       "--cpus",       "4",          "--cmdline", "fault=null@2",
                       "--",           "-S",         "-qmp",      "unix:" + socket.string() + ",server=on,wait=off"});
    const auto deadline = runner::Clock::now() + std::chrono::seconds(100);
    if (!terminal.wait_for("lintel: command ")) throw std::runtime_error("no machine: " + terminal.text());
    auto qmp = must(runner::Qmp::connect(socket));
    must(qmp.greet(deadline));
    must(qmp.execute("cont", "{}", deadline));
    if (!terminal.wait_for("panic: page fault")) throw std::runtime_error("no panic: " + terminal.text());
    if (!qmp.execute("stop", "{}", deadline)) return std::nullopt;
    const auto processors = runner::parse_register_dump(must(qmp.human("info registers -a", deadline)));
    if (std::ranges::all_of(processors, &runner::Registers::halted)) return std::nullopt;
    must(qmp.execute("inject-nmi", "{}", deadline));
    must(qmp.execute("cont", "{}", deadline));
    code = terminal.finish();
    return terminal.text().substr(0, terminal.text().find("lintel: autopsy"));  // which quotes lines
}

TEST_P(Panics, are_reported_whole_and_once_when_an_nmi_comes_from_outside_meanwhile) {
    int code = 0;
    std::optional<std::string> text;
    for (int boots = 0; !text && boots < 10; ++boots) text = panic_with_an_nmi_from_outside(GetParam(), code);
    ASSERT_TRUE(text) << "no machine was still at its report when it was stopped";
    EXPECT_EQ(code, 3) << *text;
    EXPECT_EQ(count(*text, "panic: page fault: wrote to 0x0000000000000008, which is not mapped"), 1U) << *text;
    EXPECT_EQ(count(*text, "panic: on processor 2"), 1U) << *text;
    EXPECT_EQ(count(*text, "panic: cr2 "), 1U) << *text;
    EXPECT_TRUE(text->contains("lintel::(anonymous namespace)::idle")) << *text;
    EXPECT_FALSE(text->contains("non-maskable")) << *text;
    EXPECT_FALSE(text->contains("within the panic")) << *text;
}

struct Elsewhere {
    const char* name;
    const char* fault;
    const char* processor;
    const char* sentence;
};

void PrintTo(const Elsewhere& one, std::ostream* out) { *out << one.name; }

class FaultsElsewhere : public testing::TestWithParam<Elsewhere> {};

TEST_P(FaultsElsewhere, are_explained_with_the_processor) {
    const Elsewhere& one = GetParam();
    const auto answer = boot(Checks::without, "4", std::string("fault=") + one.fault + "@" + one.processor);
    EXPECT_EQ(answer.code, 3) << answer.err;
    EXPECT_TRUE(answer.out.contains(std::string("panic: ") + one.sentence)) << answer.out;
    EXPECT_TRUE(answer.out.contains(std::string("panic: on processor ") + one.processor + "\n")) << answer.out;
    EXPECT_EQ(count(answer.out, "panic: on processor "), 1U) << answer.out;
}

constexpr Elsewhere elsewhere[] = {
    {"a_page_fault", "null", "1", "page fault: wrote to 0x0000000000000008, which is not mapped"},
    {"a_double_fault", "double", "2", "double fault"},
    {"a_stack_overflow", "stack", "3", "overflow of the idle stack: page fault: wrote to 0xffffff00"},
    {"an_nmi", "nmi", "3", "non-maskable interrupt"},
    {"a_division_error", "divide", "2", "division error"},
};

INSTANTIATE_TEST_SUITE_P(Kernel, FaultsElsewhere, testing::ValuesIn(elsewhere),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace lintel::end_to_end
