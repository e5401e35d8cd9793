// A loader that is tied to one configuration.
#include <gtest/gtest.h>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

/// The menu is on the serial port for as long as the countdown.
constexpr std::string_view configuration =
    "timeout: 0.5\n/Test\n    protocol: limine\n    path: boot():/boot/kernel.elf\n    cmdline: init=halt\n";

Answer boot_with(const fs::path& loader, const fs::path& conf) {
    return lintel({"run", "--headless", "--until-halt", "--timeout", "100", "--accel", "tcg", "--firmware", "uefi",
                   "--config", conf, "--loader-efi", loader});
}

TEST(Enroll, loader_boots_with_the_configuration_that_it_is_tied_to_and_no_other) {
    Scratch scratch;
    const fs::path conf = scratch.add("right.conf", configuration), loader = scratch / "BOOTX64.EFI";
    auto enrolled = run({command(), "enroll", conf, build_folder() / "loader/uefi/BOOTX64.EFI", "-o", loader});
    ASSERT_EQ(enrolled.code, 0) << enrolled.err;

    auto right = boot_with(loader, conf);
    EXPECT_EQ(right.code, 0) << right.err << right.out;
    // What the menu can do is listed, and the editor is not among it.
    EXPECT_TRUE(right.out.contains("Escape stop the countdown")) << right.out;
    EXPECT_FALSE(right.out.contains("E edit")) << right.out;

    auto wrong = boot_with(loader, scratch.add("wrong.conf", std::string(configuration) + "#"));
    EXPECT_EQ(wrong.code, 6) << wrong.err << wrong.out;
    EXPECT_TRUE(wrong.out.contains("the configuration is not the one that is enrolled in the loader")) << wrong.out;
}

TEST(Enroll, resets_a_loader_to_the_bytes_that_it_had) {
    Scratch scratch;
    const std::string before = contents(build_folder() / "loader/uefi/BOOTX64.EFI");
    const fs::path conf = scratch.add("limine.conf", configuration), loader = scratch.add("BOOTX64.EFI", before);
    EXPECT_EQ(run({command(), "enroll", conf, loader}).code, 0);
    EXPECT_NE(contents(loader), before);
    EXPECT_EQ(run({command(), "enroll", "--reset", loader}).code, 0);
    EXPECT_EQ(contents(loader), before);
}

TEST(Enroll, refuses_what_is_no_loader_and_words_that_do_not_fit) {
    Scratch scratch;
    const fs::path conf = scratch.add("limine.conf", configuration);
    for (const auto& [words, sentence] : std::vector<std::pair<Words, std::string>>{
             {{conf, kernel()}, "this is no BOOTX64.EFI of Lintel's"},
             {{conf}, "enroll takes a configuration and a BOOTX64.EFI"},
             {{"--reset", conf, kernel()}, "--reset takes a BOOTX64.EFI and nothing else"}}) {
        Words all = {command(), "enroll"};
        all.insert(all.end(), words.begin(), words.end());
        auto answer = run(all);
        EXPECT_EQ(answer.code, 2);
        EXPECT_TRUE(answer.err.contains(sentence)) << answer.err;
    }
}

}  // namespace
}  // namespace lintel::end_to_end
