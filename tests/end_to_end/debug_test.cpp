// GDB on the running kernel, the ways docs/runner.md shows.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <future>
#include <regex>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

struct SourceLine {
    std::size_t number;
    std::string text;
};

/// The line of hlt_loop() that sleeps.
SourceLine halting_line() {
    std::size_t number = 0;
    for (const std::string& line : lines_of(contents(source_folder() / "kernel/hlt_loop.cpp"))) {
        ++number;
        if (line.contains("wait_for_interrupt();")) return {number, line};
    }
    throw std::runtime_error("hlt_loop.cpp does not sleep");
}

/// Boots with `emulator_words`, breaks in hlt_loop() by file and line, and lets the machine run on.
void expect_break_by_file_and_line(const std::string& firmware, const Words& emulator_words, const std::string& port) {
    Words words = {"run", "--firmware", firmware, "--timeout", "100", "--"};
    words.insert(words.end(), emulator_words.begin(), emulator_words.end());
    auto machine = std::async(std::launch::async, [&] { return lintel(words); });
    const SourceLine line = halting_line();
    auto gdb = run({"/usr/bin/gdb", "-nx", "-batch", kernel(), "-ex", "target remote 127.0.0.1:" + port, "-ex",
                    "hbreak hlt_loop.cpp:" + std::to_string(line.number), "-ex", "continue", "-ex", "info symbol $pc",
                    "-ex", "backtrace", "-ex", "delete", "-ex", "detach"});
    auto answer = machine.get();
    EXPECT_TRUE(gdb.out.contains(std::to_string(line.number) + "\t" + line.text)) << gdb.out << gdb.err;
    EXPECT_TRUE(gdb.out.contains("hlt_loop() + ")) << gdb.out;
    EXPECT_TRUE(gdb.out.contains("::boot () at ")) << gdb.out;
    EXPECT_EQ(answer.code, 0) << answer.err << gdb.out;
}

TEST(Debug, gdb_breaks_in_the_halt_loop_by_file_and_line) {
    const std::string port = std::to_string(free_port());
    expect_break_by_file_and_line("direct", {"-gdb", "tcp:127.0.0.1:" + port, "-S"}, port);
}

TEST(Debug, the_classic_two_flags_work_too) {
    // QEMU's -s is a fixed port, which somebody else on this machine may be using.
    auto taken = run({"/bin/bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/1234"});
    if (taken.code == 0) GTEST_SKIP() << "port 1234 is in use on this machine";
    expect_break_by_file_and_line("direct", {"-s", "-S"}, "1234");
}

TEST(Debug, batch_prints_the_backtrace_in_the_halt_loop_and_ends) {
    for (const char* firmware : {"direct", "uefi"}) {
        auto answer = lintel({"debug", "--batch", "--firmware", firmware});
        EXPECT_EQ(answer.code, 0) << answer.err;
        EXPECT_TRUE(answer.out.contains("Breakpoint 2") && answer.out.contains("hlt_loop () at ")) << answer.out;
        EXPECT_TRUE(answer.out.contains("#0  ")) << answer.out;
        EXPECT_TRUE(answer.out.contains("::boot () at ")) << answer.out;
    }
}

TEST(Debug, batch_ends_with_the_loaders_error_where_the_kernel_never_starts) {
    Scratch scratch;
    auto answer =
        lintel({"debug", "--batch", "--firmware", "direct", "--config", scratch.add("limine.conf", "# nothing\n")});
    EXPECT_EQ(answer.code, 6) << answer.err;
    EXPECT_TRUE(answer.err.contains("lintel: loader error: ")) << answer.err;
}

/// `lintel debug` in a direct boot, to its end.
Answer debug(Words words) {
    words.insert(words.begin(), {"debug", "--batch", "--firmware", "direct"});
    return lintel(std::move(words));
}

/// The number of the line of this source that has `text`.
std::string line_with(const fs::path& source, std::string_view text) {
    std::size_t number = 0;
    for (const std::string& line : lines_of(contents(source_folder() / source))) {
        ++number;
        if (line.contains(text)) return std::to_string(number);
    }
    throw std::runtime_error(source.string() + " has changed");
}

/// The first group of the pattern's first match.
std::string found(const std::string& text, const std::string& pattern) {
    std::smatch match;
    return std::regex_search(text, match, std::regex(pattern)) ? match[1].str() : "nothing like " + pattern;
}

TEST(Debug, stops_at_a_source_line_that_software_breakpoints_reach) {
    const std::string line = line_with("kernel/main.cpp", "draw_banner();");
    auto answer = debug({"--break", "main.cpp:" + line, "--break", "hlt_loop", "--command", "info breakpoints"});
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_TRUE(answer.out.contains("kernel/main.cpp:" + line + "\n")) << answer.out;
    EXPECT_TRUE(std::regex_search(answer.out, std::regex("breakpoint +keep y .*main.cpp:" + line))) << answer.out;
    EXPECT_FALSE(answer.out.contains("kernel: halted")) << answer.out;
}

TEST(Debug, a_place_that_does_not_exist_fails_by_name) {
    auto answer = debug({"--break", "no_such_function"});
    EXPECT_EQ(answer.code, 2);
    EXPECT_TRUE(answer.err.contains("Function \"no_such_function\" not defined.")) << answer.err;
}

TEST(Debug, a_breakpoint_that_is_never_reached_fails) {
    auto answer = debug({"--break", "arch::handle_trap"});
    EXPECT_EQ(answer.code, 2);
    EXPECT_TRUE(answer.err.contains("lintel: the kernel has halted before it came to a breakpoint")) << answer.err;
}

TEST(Debug, a_page_walk_comes_to_what_the_emulator_says) {
    // QEMU's monitor translates for `x` by itself, and takes the walk's word for `xp`.
    Scratch scratch;
    const std::string check = scratch.add("check.py", R"(import re
def memory(line):
    return gdb.execute('monitor ' + line, to_string=True).split()[1:]
for name in ('$pc', '$sp'):
    address = int(gdb.parse_and_eval(name)) & (1 << 64) - 1
    walk = gdb.execute('lintel page ' + name, to_string=True)
    physical, rights = re.search('physical (0x[0-9a-f]+), (.*)', walk).groups()
    same = memory('x /2gx %#x' % address) == memory('xp /2gx ' + physical)
    print(name, 'same place' if same else walk, rights)
)");
    auto answer = debug({"--command", "source " + check, "--command", "lintel page 8"});
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_TRUE(answer.out.contains("$pc same place readable, executable\n")) << answer.out;
    EXPECT_TRUE(answer.out.contains("$sp same place readable, writable\n")) << answer.out;
    EXPECT_TRUE(answer.out.contains("not present\nnot mapped\n")) << answer.out;
}

TEST(Debug, commands_and_printers_show_what_the_kernel_logs) {
    auto answer = debug({"--command", "lintel requests", "--command", "lintel memory-map", "--command", "lintel frames",
                         "--command", "lintel processor", "--command", "print limine::request<limine::Hhdm>",
                         "--command", "print 'lintel::(anonymous namespace)::direct'.offset_", "--command",
                         "print 'lintel::(anonymous namespace)::boot_processor'.trap_stacks.__elems_[0]"});
    EXPECT_EQ(answer.code, 0) << answer.err;
    auto shows = [&](std::string_view text) { EXPECT_TRUE(answer.out.contains(text)) << text << "\n" << answer.out; };
    shows("base revision: " + found(answer.out, "kernel: base revision: ([0-9]+)"));
    const std::string offset = found(answer.out, "kernel: HHDM offset: (0x[0-9a-f]+)");
    shows(": offset " + offset + "\n");
    shows("= HHDM request, response at 0xffff");
    shows("executable command line, revision 0: response at 0x");
    shows(": \"hello=world init=halt\"\n");
    shows("modules, revision 0: no answer\n");
    const std::string entries = found(answer.out, "kernel: memory map: ([0-9]+) entries");
    shows(": " + entries + " entries, see lintel memory-map\n");
    const std::regex entry("\n0x[0-9a-f]{12}-0x[0-9a-f]{12} +[0-9]+ (?:bytes|KiB|MiB|GiB)  [a-zA-Z]");
    EXPECT_EQ(std::to_string(std::distance(std::sregex_iterator(answer.out.begin(), answer.out.end(), entry), {})),
              entries);
    const auto frames = [&](const char* pattern) { return std::stoul(found(answer.out, pattern)); };
    const auto all = frames("kernel: frames: [0-9]+ of ([0-9]+) free") + frames("kernel: frames: ([0-9]+) more");
    shows(" of " + std::to_string(all) + " frames free (");
    shows("processor 1 of 1\n");
    shows("privilege   ring 0, interrupts ");
    shows("protections SMEP, SMAP, UMIP, WP, NX\n");
    EXPECT_TRUE(std::regex_search(answer.out, std::regex("\\$3 = 0xffff[0-9a-f]{12}\n"))) << answer.out;
}

TEST(Debug, the_log_can_be_read_from_memory) {
    auto answer = debug({"--command", "echo from memory:\\n", "--command", "lintel log"});
    EXPECT_EQ(answer.code, 0) << answer.err;
    const std::string memory = answer.out.substr(answer.out.find("from memory:\n"));
    for (const char* line : {"kernel: entry tsc ", "kernel: base revision: 6\n", "kernel: halted\n"})
        EXPECT_TRUE(memory.contains(line)) << line << answer.out;
}

TEST(Debug, a_command_that_fails_fails_the_batch_in_one_sentence) {
    auto answer = debug({"--command", "lintel trap"});
    EXPECT_EQ(answer.code, 2);
    EXPECT_TRUE(answer.err.contains("no function on this stack has a trap frame")) << answer.err;
    EXPECT_FALSE(answer.err.contains("Traceback")) << answer.err;
}

TEST(Debug, a_traps_registers_are_shown_where_it_is_handled) {
    auto answer = debug({"--cmdline", "fault=null", "--break", "handle_trap", "--command", "lintel trap"});
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_TRUE(answer.out.contains("vector 14, error code 0x2, at 0xffffffff8")) << answer.out;
    EXPECT_TRUE(answer.out.contains("write_to_null")) << answer.out;
    EXPECT_TRUE(answer.out.contains("cr2 0x0000000000000008")) << answer.out;
}

TEST(Debug, a_kernel_that_the_loader_has_moved_stops_at_the_right_source_line) {
    Scratch scratch;
    const std::string configuration = scratch.add(
        "limine.conf", "timeout: 0\n/Movable\nprotocol: limine\npath: boot():/boot/kernel.elf\nkaslr: yes\n");
    const std::string line = line_with("tests/end_to_end/movable_kernel.cpp", "*pointer = *pointer + 1;");
    for (const char* firmware : {"direct", "uefi"}) {
        auto answer =
            lintel({"debug", "--batch", "--firmware", firmware, LINTEL_MOVABLE_KERNEL, "--config", configuration,
                    "--break", "count_up", "--command", "print value", "--command", "lintel requests"});
        EXPECT_EQ(answer.code, 0) << answer.err;
        EXPECT_TRUE(answer.out.contains("movable_kernel.cpp:" + line + "\n")) << answer.out;
        EXPECT_TRUE(answer.out.contains("$1 = 1\n")) << answer.out;
        const std::string base = found(answer.out, "executable address, .* virtual (0x[0-9a-f]+)");
        EXPECT_TRUE(base.starts_with("0xffffffff")) << answer.out;
        EXPECT_NE(base, "0xffffffff80000000") << "where it was linked";
    }
}

TEST(Debug, without_a_halt_loop_or_a_place_it_stops_at_the_entry_point) {
    auto answer = debug({LINTEL_MOVABLE_KERNEL});
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_TRUE(answer.out.contains("#0  kernel_main () at ")) << answer.out;
}

TEST(Debug, a_taken_port_is_refused_in_one_sentence) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ASSERT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address), size), 0);
    ASSERT_EQ(::listen(socket, 1), 0);
    ASSERT_EQ(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size), 0);
    const std::string port = std::to_string(ntohs(address.sin_port));
    auto answer = debug({"--port", port});
    ::close(socket);
    EXPECT_EQ(answer.code, 2);
    EXPECT_TRUE(answer.err.contains("lintel: port " + port + " is taken; ")) << answer.err;
    EXPECT_TRUE(answer.out.empty()) << answer.out;
}

TEST(Debug, the_source_is_shown_in_the_terminals_upper_half) {
    ::setenv("TERM", "xterm", 1);
    Terminal terminal({"debug", "--firmware", "direct", "--tui"});
    EXPECT_TRUE(terminal.wait_for("hlt_loop.cpp")) << terminal.text();
    EXPECT_TRUE(terminal.wait_for("wait_for_interrupt")) << terminal.text();
    terminal.type("kill\nquit\n");
    EXPECT_EQ(terminal.finish(), 0) << terminal.text();
    EXPECT_TRUE(terminal.sane());
}

/// `lintel debug --wait`, and a debugger of the person's own at its port.
void expect_waiting_machine(Words words, const Words& gdb_commands, std::string_view expected) {
    const std::string port = std::to_string(free_port());
    words.insert(words.begin(), {"debug", "--wait", "--firmware", "direct", "--port", port});
    Terminal terminal(words);
    ASSERT_TRUE(terminal.wait_for("target remote 127.0.0.1:" + port)) << terminal.text();
    Words gdb = {"/usr/bin/gdb", "-nx", "-batch"};
    const std::string slide = found(terminal.text(), "in GDB: (symbol-file [^\r\n]*)");
    for (std::string line : gdb_commands) {
        if (line == "target") line += " remote 127.0.0.1:" + port;
        if (line == "symbol-file") line = slide;
        gdb.insert(gdb.end(), {"-ex", line});
    }
    auto answer = run(gdb);
    EXPECT_TRUE(answer.out.contains(expected)) << answer.out << answer.err;
    EXPECT_EQ(terminal.finish(), 0) << terminal.text();
}

TEST(Debug, a_waiting_machine_stands_at_the_entry_point_for_software_breakpoints) {
    expect_waiting_machine({}, {"file " + kernel().string(), "target", "break hlt_loop", "continue", "kill"},
                           "Breakpoint 1, lintel::hlt_loop () at ");
    expect_waiting_machine({LINTEL_MOVABLE_KERNEL}, {"target", "symbol-file", "break count_up", "continue", "kill"},
                           "movable_kernel.cpp:");
}

}  // namespace
}  // namespace lintel::end_to_end
