// Direct boot, without firmware: the same kernel sees the same, on machines of all sizes.
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

Answer boot(std::string_view firmware, const Words& more = {}) {
    Words words = {"run", "--headless", "--until-halt", "--timeout", "100", "--firmware", std::string(firmware)};
    words.insert(words.end(), more.begin(), more.end());
    return lintel(words);
}

/// The kernel's lines that do not depend on the firmware or the moment.
std::vector<std::string> lasting_lines(const Answer& answer) {
    const std::regex varies(
        "kernel: (entry tsc|ready tsc|firmware|date|memory|executable: physical|executable "
        "file|RSDP|frames|clock|timer|ACPI).*");
    std::vector<std::string> lines;
    for (const std::string& line : lines_of(answer.out))
        if (line.starts_with("kernel: ") && !std::regex_match(line, varies))
            lines.push_back(std::regex_replace(line, std::regex(" at 0x[0-9a-f]+"), ""));
    return lines;
}

bool has_line(const Answer& answer, const std::string& pattern) {
    const std::regex expression(pattern);
    const auto lines = lines_of(answer.out);
    return std::ranges::any_of(lines, [&](const std::string& line) { return std::regex_match(line, expression); });
}

TEST(Direct, the_kernel_sees_the_same_as_under_uefi) {
    auto direct = boot("direct"), uefi = boot("uefi");
    ASSERT_EQ(direct.code, 0) << direct.err << direct.out;
    ASSERT_EQ(uefi.code, 0) << uefi.err << uefi.out;
    EXPECT_EQ(lasting_lines(direct), lasting_lines(uefi));
    EXPECT_GE(lasting_lines(direct).size(), 7U) << direct.out;
    EXPECT_TRUE(has_line(direct, "kernel: firmware: x86 BIOS")) << direct.out;
    EXPECT_TRUE(has_line(direct, "kernel: RSDP: 0x[0-9a-f]+")) << direct.out;
    EXPECT_TRUE(has_line(direct, "kernel: date at boot: [0-9]+ s since 1970")) << direct.out;
}

class Firmwares : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Additions, Firmwares, testing::Values("direct", "uefi"),
                         [](const auto& given) { return given.param; });

TEST_P(Firmwares, pass_on_what_the_command_line_adds) {
    Scratch scratch;
    auto answer = boot(GetParam(), {"--cmdline", "more words", "--module", scratch.add("one.bin", "12345"), "--module",
                                    scratch.add("two, and a blank.bin", "1234567")});
    ASSERT_EQ(answer.code, 0) << answer.err << answer.out;
    EXPECT_TRUE(has_line(answer, "kernel: command line: \"hello=world more words init=halt\"")) << answer.out;
    EXPECT_TRUE(has_line(answer, "kernel: module: /boot/modules/one.bin, 5 bytes, \"\"")) << answer.out;
    EXPECT_TRUE(has_line(answer, "kernel: module: /boot/modules/two, and a blank.bin, 7 bytes, \"\"")) << answer.out;
}

TEST(Direct, a_compressed_module_whose_hash_fits_arrives_decompressed) {
    Scratch scratch;
    const fs::path file = source_folder() / "tests/conformance/files/compressed.txt.gz";
    const auto configuration = [](std::string_view hash) {
        return "timeout: 0\nhash_mismatch_panic: yes\n/Test\n    protocol: limine\n    path: boot():/boot/kernel.elf\n"
               "    module_path: $boot():/boot/modules/compressed.txt.gz#" +
               std::string(hash) + "\n";
    };
    const std::string hash = "9e368b6de8dd5c918344c974b3ed3ec93ff1637f98bff2e388480d8f6725be4b";  // by b3sum
    auto right = boot("direct", {"--config", scratch.add("right.conf", configuration(hash)), "--module", file});
    ASSERT_EQ(right.code, 0) << right.err << right.out;
    EXPECT_TRUE(has_line(right, "kernel: module: /boot/modules/compressed.txt.gz, 69 bytes, \"\"")) << right.out;
    EXPECT_TRUE(has_line(right, "kernel: module: /boot/modules/compressed.txt.gz, 46 bytes, \"\"")) << right.out;

    const std::string other(64, '0');
    auto wrong = boot("direct", {"--config", scratch.add("wrong.conf", configuration(other)), "--module", file});
    EXPECT_EQ(wrong.code, 6) << wrong.err << wrong.out;
    EXPECT_TRUE(has_line(wrong,
                         "lintel loader: error: the file does not have the hash that it must have: "
                         "/boot/modules/compressed.txt.gz"))
        << wrong.out;
}

TEST(Direct, a_configuration_in_the_smbios_tables_goes_before_the_volumes) {
    Scratch scratch;
    auto answer =
        boot("direct", {"--", "-smbios",
                        "type=11,path=" + scratch
                                              .add("supplied.conf",
                                                   "limine:config:timeout: 0\n/Supplied\n    protocol: limine\n"
                                                   "    path: boot():/boot/kernel.elf\n"
                                                   "    cmdline: supplied init=halt\n")
                                              .string()});
    ASSERT_EQ(answer.code, 0) << answer.err << answer.out;
    EXPECT_TRUE(has_line(answer, "kernel: command line: \"supplied init=halt\"")) << answer.out;
}

TEST(Direct, boots_through_seabios_where_there_is_no_qboot) {
    auto answer = boot("direct", {"--", "-bios", "bios-256k.bin"});
    EXPECT_EQ(answer.code, 0) << answer.err << answer.out;
    EXPECT_TRUE(has_line(answer, "kernel: framebuffer: 1280x800x32 .*")) << answer.out;
}

TEST(Direct, boots_on_16_mebibytes) {
    auto answer = boot("direct", {"--memory", "16M"});
    EXPECT_EQ(answer.code, 0) << answer.err << answer.out;
}

TEST(Direct, boots_with_memory_above_4_gibibytes_and_counts_it) {
    auto answer = boot("direct", {"--memory", "6G"});
    ASSERT_EQ(answer.code, 0) << answer.err << answer.out;
    EXPECT_TRUE(has_line(answer, "kernel: memory total: 62[0-9]{5} KiB usable")) << answer.out;
}

TEST(Direct, boots_without_a_display) {
    auto answer = boot("direct", {"--", "-vga", "none"});
    EXPECT_EQ(answer.code, 0) << answer.err << answer.out;
    EXPECT_FALSE(has_line(answer, "kernel: framebuffer: .*")) << answer.out;
}

TEST(Direct, shows_the_resolution_that_the_configuration_asks_for) {
    Scratch scratch;
    auto conf = scratch.add(
        "limine.conf", "timeout: 0\n/Test\nprotocol: limine\npath: boot():/boot/kernel.elf\nresolution: 1024x768\n");
    auto answer = boot("direct", {"--config", conf});
    EXPECT_TRUE(has_line(answer, "kernel: framebuffer: 1024x768x32 pitch 4096 .*")) << answer.out;
}

TEST(Direct, a_processor_without_64_bit_mode_is_refused_with_a_sentence) {
    auto answer = boot("direct", {"--", "-cpu", "pentium3"});
    EXPECT_EQ(answer.code, 6) << answer.err << answer.out;
    EXPECT_TRUE(has_line(answer, "lintel loader: error: this processor has no 64-bit mode")) << answer.out;
}

TEST(Direct, the_kernel_says_that_it_needs_pages_that_can_forbid_execution) {
    auto answer = boot("direct", {"--", "-cpu", "max,-nx"});
    EXPECT_EQ(answer.code, 3) << answer.err << answer.out;
    EXPECT_TRUE(answer.err.ends_with("lintel: panicked: this processor cannot protect pages from execution\n"))
        << answer.err;
}

TEST(Direct, a_module_that_cannot_be_read_is_refused_before_anything_starts) {
    auto answer = boot("direct", {"--module", "/nonexistent/module"});
    EXPECT_EQ(answer.code, 2);
    EXPECT_EQ(answer.err, "lintel: cannot read /nonexistent/module: No such file or directory\n");
}

TEST(Direct, a_kernel_of_one_mebibyte_costs_at_most_three_million_instructions) {
    ASSERT_GE(fs::file_size(LINTEL_LARGE_KERNEL), 1U << 20);
    auto answer = boot("direct", {"--kernel", LINTEL_LARGE_KERNEL, "--", "-icount", "shift=0,sleep=off"});
    ASSERT_EQ(answer.code, 0) << answer.err << answer.out;
    std::smatch match;
    ASSERT_TRUE(std::regex_search(answer.out, match, std::regex("entry tsc ([0-9]+), base revision granted")))
        << answer.out;
    EXPECT_LE(std::stoull(match[1]), 3'000'000U);
    EXPECT_GE(std::stoull(match[1]), 100'000U) << "the clock does not count instructions";
}

TEST(Direct, the_measurement_compares_with_an_empty_program) {
    auto answer = lintel({"bench", "boot", "--firmware", "direct"});
    ASSERT_EQ(answer.code, 0) << answer.err;
    for (const char* line : {"empty PVH program +[0-9.]+ million instructions",
                             "Lintel's loader +[0-9.]+ million instructions +\\+[0-9.]+ million",
                             "empty PVH program +[0-9.]+ s from the emulator's start, median of 9",
                             "Lintel's loader +[0-9.]+ s +\\+[0-9.]+ s, ratio [0-9.]+"})
        EXPECT_TRUE(has_line(answer, line)) << line << "\n" << answer.out;
}

/// What `bench kernel` has counted, by name.
std::map<std::string, double> costs(const std::string& text) {
    std::map<std::string, double> result;
    const std::regex line("(\\S+) +([0-9]+) ticks .*");
    for (const std::string& each : lines_of(text))
        if (std::smatch match; std::regex_match(each, match, line)) result[match[1]] = std::stod(match[2]);
    return result;
}

TEST(Direct, the_kernels_costs_repeat_to_a_hundredth_and_its_boot_keeps_to_its_limit) {
    auto answer = lintel({"bench", "kernel"});
    ASSERT_EQ(answer.code, 0) << answer.err;
    const auto first = costs(answer.out), second = costs(lintel({"bench", "kernel"}).out);
    EXPECT_EQ(first.size(), 11U) << answer.out;
    ASSERT_EQ(first.size(), second.size());
    for (const auto& [name, ticks] : first) EXPECT_NEAR(second.at(name), ticks, ticks / 100) << name;
    std::smatch match;
    ASSERT_TRUE(std::regex_search(answer.out, match, std::regex("^boot +([0-9]+) ticks"))) << answer.out;
    EXPECT_LE(std::stoull(match[1]), 20'000'000U);
    EXPECT_GE(std::stoull(match[1]), 100'000U) << "nothing was counted";
}

TEST(Direct, bench_start_compares_a_run_with_the_emulator_alone) {
    auto answer = run({command(), "bench", "start", "--firmware", "direct", "--turns", "3"});
    ASSERT_EQ(answer.code, 0) << answer.err;
    const auto lines = lines_of(answer.out);
    ASSERT_EQ(lines.size(), 3U) << answer.out;
    std::smatch floor;
    ASSERT_TRUE(std::regex_match(lines[0], floor, std::regex("QEMU alone +([0-9.]+) s to the .*, median of 3")));
    for (std::size_t row : {1U, 2U}) {
        std::smatch match;
        ASSERT_TRUE(std::regex_match(lines[row], match, std::regex("lintel run.* +([0-9.]+) s +([+-][0-9.]+) s")));
        EXPECT_NEAR(std::stod(match[1]) - std::stod(floor[1]), std::stod(match[2]), 0.0011) << answer.out;
        // 0.3 s on a host with nothing else to do, and tests run beside others.
        EXPECT_LT(std::stod(match[2]), 3) << answer.out;
    }
}

}  // namespace
}  // namespace lintel::end_to_end
