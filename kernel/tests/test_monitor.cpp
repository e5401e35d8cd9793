// The monitor's commands, asked as a person asks them.
#include <algorithm>
#include <array>
#include <memory>

#include "arch/arch.hpp"
#include "kernel/log.hpp"
#include "kernel/monitor/bench.hpp"
#include "kernel/monitor/commands.hpp"
#include "kernel/monitor/line_editor.hpp"
#include "kernel/monitor/shell.hpp"
#include "kernel/processors/processor.hpp"
#include "kernel/tests/tests.hpp"
#include "kernel/tests/typed_terminal.hpp"

namespace lintel {
namespace {

/// Types a line's keys, and keeps what is answered.
class Typist final : public TypedTerminal {
public:
    explicit Typist(std::string_view keys) : TypedTerminal(keys) {}

    void write(std::string_view text) override { said_->write(text); }

    [[nodiscard]] std::string_view said() const { return said_->text(); }

private:
    using Said = TextBuffer<160 << 10>;
    std::unique_ptr<Said> said_ = std::make_unique<Said>();
};

/// Whether the answer to `line` has `words` in it.
bool answers(std::string_view line, std::string_view words) {
    Typist typist({});
    Shell(typist, commands()).obey(line);
    return typist.said().find(words) != std::string_view::npos;
}

std::size_t lines_of_answer(std::string_view line) {
    Typist typist({});
    Shell(typist, commands()).obey(line);
    return static_cast<std::size_t>(std::ranges::count(typist.said(), '\n'));
}

void keys_become_a_command() {
    Typist typist("hxlp\x1b[D\x1b[D\be\r");
    Shell(typist, commands()).run("> ");
    expect(typist.said().find("these lines") != std::string_view::npos, "help has not answered");
}

void help_lists_every_command() {
    for (const Command& command : commands()) expect(answers("help", command.what), "a command is missing");
    expect(lines_of_answer("help") == commands().size() + 1, "there is more in it, or less");
}

void every_command_has_its_own_name() {
    for (const Command& command : commands())
        expect(std::ranges::count(commands(), command.name, &Command::name) == 1, "two commands have one name");
}

void lines_that_name_no_command_are_refused() { expect(answers("hlep", "there is no command hlep"), "it was taken"); }

void arguments_are_checked() {
    expect(answers("mem all", "mem takes no argument"), "mem took one");
    expect(answers("page", "page needs <address>"), "page did without");
    expect(answers("page here", "this is no address: here"), "page took a word");
    expect(answers("fault nothing", "there is no fault of this kind"), "a fault of no kind was raised");
    expect(answers("bench nothing", "there is no benchmark of this name"), "nothing was measured");
}

void the_first_page_is_not_mapped() { expect(answers("page 8", "is not mapped"), "it is"); }

void code_is_for_reading_and_execution() {
    TextBuffer<40> line;
    print(line, "page {}", reinterpret_cast<const void*>(&code_is_for_reading_and_execution));
    expect(answers(line.text(), ": read, execute; write-back"), "this function is not");
}

void tables_show_nothing_writable_and_executable() {
    expect(answers("tables", "read, execute; write-back"), "no code is mapped");
    expect(!answers("tables", "write, execute"), "something is");
}

void cpus_shows_each_processor() {
    expect_equal(lines_of_answer("cpus"), std::size_t{processor_count()} + 1, "the number of lines");
}

void irqs_names_the_devices() { expect(answers("irqs", "serial line"), "the serial line is missing"); }

void acpi_shows_the_interrupt_controllers() { expect(answers("acpi", "\nAPIC "), "no MADT is shown"); }

void backtrace_begins_where_it_was_asked_for() {
    expect(answers("backtrace", "lintel::Shell::obey+"), "the shell is not in it");
}

void the_log_can_be_read_again() {
    log("a line to be read again");
    expect(answers("dmesg", "] a line to be read again\n"), "the line is missing");
}

void everything_can_be_measured() {
    Typist typist({});
    expect(run_benchmarks(typist, {}).has_value(), "there are no benchmarks");
    std::size_t count = 0;
    while (benchmark_name(count)) ++count;
    expect_equal(static_cast<std::size_t>(std::ranges::count(typist.said(), '\n')), count, "the number of lines");
}

constexpr std::array<KernelTest, 14> monitor_list = {{
    {"monitor: keys_become_a_command", keys_become_a_command},
    {"monitor: help_lists_every_command", help_lists_every_command},
    {"monitor: every_command_has_its_own_name", every_command_has_its_own_name},
    {"monitor: lines_that_name_no_command_are_refused", lines_that_name_no_command_are_refused},
    {"monitor: arguments_are_checked", arguments_are_checked},
    {"monitor: the_first_page_is_not_mapped", the_first_page_is_not_mapped},
    {"monitor: code_is_for_reading_and_execution", code_is_for_reading_and_execution},
    {"monitor: tables_show_nothing_writable_and_executable", tables_show_nothing_writable_and_executable},
    {"monitor: cpus_shows_each_processor", cpus_shows_each_processor},
    {"monitor: irqs_names_the_devices", irqs_names_the_devices},
    {"monitor: acpi_shows_the_interrupt_controllers", acpi_shows_the_interrupt_controllers},
    {"monitor: backtrace_begins_where_it_was_asked_for", backtrace_begins_where_it_was_asked_for},
    {"monitor: the_log_can_be_read_again", the_log_can_be_read_again},
    {"monitor: everything_can_be_measured", everything_can_be_measured},
}};

}  // namespace

const std::span<const KernelTest> monitor_tests = monitor_list;

}  // namespace lintel
