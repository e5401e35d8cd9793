// One boot of the image as it is built, looked at from all sides.
#include <gtest/gtest.h>

#include <regex>

#include "tests/end_to_end/picture.hpp"
#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

class Boot : public testing::Test {
protected:
    static void SetUpTestSuite() {
        scratch = std::make_unique<Scratch>();
        answer = lintel({"run", "--headless", "--until-halt", "--timeout", "100", "--verbose", "--screenshot",
                         *scratch / "screen.ppm", "--serial-log", *scratch / "serial.log"});
    }
    static void TearDownTestSuite() { scratch.reset(); }

    static std::vector<std::string> kernel_lines() {
        std::vector<std::string> lines;
        for (const std::string& line : lines_of(answer.out))
            if (line.starts_with("kernel: ")) lines.push_back(line.substr(8));
        return lines;
    }

    inline static std::unique_ptr<Scratch> scratch;
    inline static Answer answer;
};

TEST_F(Boot, ends_in_the_halt_loop_with_success) {
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_TRUE(answer.err.contains("lintel: halted: ")) << answer.err;
}

TEST_F(Boot, tells_what_it_chose_and_where_things_are) {
    for (std::string_view what : {"lintel: kernel ", "lintel: image ", "lintel: loader       Lintel's own",
                                  "lintel: firmware ", "lintel: accelerator ", "lintel: command "})
        EXPECT_TRUE(answer.err.contains(what)) << what;
    EXPECT_TRUE(answer.err.contains(kernel().string()));
}

TEST_F(Boot, logs_what_the_kernel_was_handed_line_by_line) {
    const std::string hex = "0x[0-9a-f]+";
    const std::string kind =
        "(usable|reserved|reserved, mapped|ACPI reclaimable|ACPI NVS|bad memory|bootloader reclaimable|"
        "executable and modules|framebuffer)";
    const std::vector<std::string> expected = {
        "entry tsc [0-9]+",
        "clock: [0-9]+ kHz, says the loader",
        "loader: Lintel [0-9.]+",
        "base revision: 6",
        "firmware: 64-bit EFI",
        "date at boot: [0-9]+ s since 1970",
        "HHDM offset: " + hex,
        "memory map: [0-9]+ entries",
        "(memory: " + hex + "-" + hex + " [0-9]+ KiB " + kind + ")+",
        "(memory total: [0-9]+ KiB " + kind + ")+",
        "framebuffer: [0-9]+x[0-9]+x32 pitch [0-9]+ red 8@16 green 8@8 blue 8@0 at " + hex,
        "command line: \"hello=world init=halt\"",
        "executable: physical " + hex + " virtual 0xffffffff80000000",
        "executable file: /boot/kernel.elf, [0-9]+ bytes",
        "RSDP: " + hex,
        "stack: 65536 bytes granted",
        "frames: [0-9]+ of [0-9]+ free, protections: WP( SMEP)?( SMAP)?( UMIP)?",
    };
    const auto lines = kernel_lines();
    std::size_t at = 0;
    for (const std::string& pattern : expected) {
        ASSERT_LT(at, lines.size()) << "missing: " << pattern << "\n" << answer.out;
        const bool repeats = pattern.ends_with("+") && pattern.starts_with("(");
        ASSERT_TRUE(std::regex_match(lines[at], std::regex(pattern))) << lines[at] << "\nis not: " << pattern;
        ++at;
        while (repeats && at < lines.size() && std::regex_match(lines[at], std::regex(pattern))) ++at;
    }
    // What it does with it is its own affair.
    EXPECT_EQ(lines_of(answer.out).back(), "kernel: halted");
}

TEST_F(Boot, memory_map_is_in_order_and_adds_up_to_its_totals) {
    const std::regex region("memory: 0x([0-9a-f]+)-0x([0-9a-f]+) ([0-9]+) KiB (.*)");
    const std::regex total("memory total: ([0-9]+) KiB (.*)");
    std::map<std::string, std::uint64_t> sums;
    std::map<std::string, std::uint64_t> totals;
    std::uint64_t end = 0;
    for (const std::string& line : kernel_lines()) {
        std::smatch match;
        if (std::regex_match(line, match, region)) {
            EXPECT_GE(std::stoull(match[1], nullptr, 16), end) << line;
            end = std::stoull(match[2], nullptr, 16);
            sums[match[4]] += std::stoull(match[3]);
        } else if (std::regex_match(line, match, total)) {
            totals[match[2]] = std::stoull(match[1]);
        }
    }
    EXPECT_EQ(sums, totals);
    EXPECT_GT(totals["usable"], 400U * 1024) << "of 512 MiB";
}

TEST_F(Boot, serial_log_holds_what_the_machine_wrote) {
    const std::string log = contents(*scratch / "serial.log");
    EXPECT_TRUE(log.contains("] halted\r\n"));
}

TEST_F(Boot, each_line_of_the_kernel_has_the_time_and_the_processor) {
    const std::regex stamp(R"(\[ *([0-9]+)\.([0-9]{6}) 0\] .*)");
    std::uint64_t last = 0;
    bool in_kernel = false;
    for (const std::string& line : lines_of(contents(*scratch / "serial.log"))) {
        std::smatch match;
        in_kernel = in_kernel || line.contains("entry tsc");
        if (!in_kernel) continue;
        ASSERT_TRUE(std::regex_match(line, match, stamp)) << line;
        const std::uint64_t microseconds = std::stoull(match[1]) * 1'000'000 + std::stoull(match[2]);
        EXPECT_GE(microseconds, last) << line;
        last = microseconds;
    }
    EXPECT_GT(last, 0U) << "time stands still";
    EXPECT_LT(last, 100U * 1'000'000) << "longer than the run";
}

TEST_F(Boot, screen_shows_the_name_in_the_glyphs_of_the_console_font) {
    const Picture screen(*scratch / "screen.ppm");
    const ConsoleFont font("/usr/share/consolefonts/Uni2-TerminusBold32x16.psf.gz");
    ASSERT_EQ(font.height(), 32);
    const int scale = std::min(screen.width() / 320, screen.height() / 160);
    const int left = (screen.width() - 6 * font.width() * scale) / 2;
    int found = 0;
    for (int top = 0; top + font.height() * scale <= screen.height(); ++top)
        if (shows_text(screen, font, "Lintel", left, top, scale, {240, 240, 244})) ++found;
    EXPECT_EQ(found, 1);
}

}  // namespace
}  // namespace lintel::end_to_end
