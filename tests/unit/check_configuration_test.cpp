// What `lintel check` finds in configurations, and what --fix-hashes changes in them.
#include "runner/check/configuration.hpp"

#include <gtest/gtest.h>

#include "runner/check/print.hpp"

namespace lintel::runner {
namespace {

/// The BLAKE2b hash of "abc" (RFC 7693, appendix A).
constexpr std::string_view hash_of_abc =
    "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf192"
    "5ab92386edd4009923";

/// A boot volume with a kernel whose bytes are "abc".
class CheckConfiguration : public testing::Test {
protected:
    CheckConfiguration() : folder_(*TemporaryFolder::make()) {
        EXPECT_TRUE(make_folders(root() / "boot/limine"));
        EXPECT_TRUE(write_file(root() / "boot/kernel.elf", "abc"));
    }

    [[nodiscard]] fs::path root() const { return folder_.path(); }

    [[nodiscard]] std::string faults(std::string_view text) const {
        return text_of(check_configuration(text, root()).remarks, Palette(false));
    }

    /// A configuration with one entry, whose path is `path`, and `more` lines before it.
    static std::string entry(std::string_view path, std::string_view more = "") {
        return fmt::format("# a comment\ntimeout: 0\n{}\n/Test\n    protocol: limine\n    path:   {}\n", more, path);
    }

private:
    TemporaryFolder folder_;
};

TEST_F(CheckConfiguration, a_sound_one_has_no_faults) { EXPECT_EQ(faults(entry("boot():/boot/kernel.elf")), ""); }

TEST_F(CheckConfiguration, a_mistyped_option_is_named_with_its_line_and_a_suggestion) {
    const std::string text = faults(entry("boot():/boot/kernel.elf", "tiemout: 3"));
    EXPECT_TRUE(text.contains("[unknown-option]")) << text;
    EXPECT_TRUE(text.contains("line 3")) << text;
    EXPECT_TRUE(text.contains("did you mean timeout?")) << text;
}

TEST_F(CheckConfiguration, an_option_that_only_limine_knows_is_noted) {
    const auto report = check_configuration(entry("boot():/boot/kernel.elf", "wallpaper_style: tiled"), root());
    EXPECT_FALSE(has_faults(report.remarks));
    EXPECT_TRUE(text_of(report.remarks, Palette(false)).contains("[ignored-option]"));
}

TEST_F(CheckConfiguration, a_value_that_means_nothing_is_a_warning) {
    const std::string text = faults(entry("boot():/boot/kernel.elf", "term_font_scale: 99x99"));
    EXPECT_TRUE(text.contains("[wrong-value]") && text.contains("line 3")) << text;
}

TEST_F(CheckConfiguration, a_missing_file_is_an_error) {
    const std::string text = faults(entry("boot():/boot/kernal.elf"));
    EXPECT_TRUE(text.contains("[missing-file]")) << text;
    EXPECT_TRUE(text.contains("line 6")) << text;
}

TEST_F(CheckConfiguration, a_malformed_path_is_an_error) {
    EXPECT_TRUE(faults(entry("/boot/kernel.elf")).contains("[malformed-path]"));
}

TEST_F(CheckConfiguration, a_wrong_hash_is_an_error_and_the_right_one_is_not) {
    EXPECT_TRUE(faults(entry("boot():/boot/kernel.elf#" + std::string(128, '0'))).contains("[wrong-hash]"));
    EXPECT_EQ(faults(entry(fmt::format("boot():/boot/kernel.elf#{}", hash_of_abc))), "");
}

TEST_F(CheckConfiguration, a_hash_is_mended_in_its_own_kind) {
    for (std::size_t digits : {64U, 128U, 256U}) {
        const std::string wrong = entry("boot():/boot/kernel.elf#" + std::string(digits, '0'));
        EXPECT_TRUE(faults(wrong).contains("[wrong-hash]")) << digits;
        const std::string right = with_hashes(wrong, root());
        EXPECT_EQ(right.size(), wrong.size());
        EXPECT_EQ(faults(right), "");
    }
}

TEST_F(CheckConfiguration, an_entry_without_protocol_or_path_is_an_error) {
    EXPECT_TRUE(faults("/Test\n    path: boot():/boot/kernel.elf\n").contains("[no-protocol]"));
    EXPECT_TRUE(faults("/Test\n    protocol: limine\n").contains("[no-path]"));
}

TEST_F(CheckConfiguration, a_default_entry_that_is_not_there_is_a_warning) {
    EXPECT_TRUE(faults(entry("boot():/boot/kernel.elf", "default_entry: Tset")).contains("[no-default-entry]"));
    EXPECT_TRUE(faults(entry("boot():/boot/kernel.elf", "default_entry: 2")).contains("[no-default-entry]"));
    EXPECT_EQ(faults(entry("boot():/boot/kernel.elf", "default_entry: Test")), "");
}

TEST_F(CheckConfiguration, what_the_loader_refuses_is_an_error_with_its_line) {
    const std::string text = faults("timeout: 0\n/Test\n    neither this nor that\n");
    EXPECT_TRUE(text.contains("[malformed-configuration]") && text.contains("(3)")) << text;
}

TEST_F(CheckConfiguration, fixing_changes_hashes_and_nothing_else) {
    const std::string before =
        "# two spaces  \r\n\n  timeout : 1\n\t/Test # no comment\n protocol:limine\n  PATH:  boot():/boot/kernel.elf#" +
        std::string(128, 'a') + "  \n\tmodule_path: boot():/boot/kernel.elf\nmodule_path: boot():/nothing\n\n# end";
    std::string text = before;
    text.replace(text.find("timeout :"), 9, "timeout:");
    std::string expected = text;
    expected.replace(expected.find(std::string(128, 'a')), 128, hash_of_abc);
    const std::string module = "module_path: boot():/boot/kernel.elf";
    expected.replace(expected.find(module), module.size(), fmt::format("{}#{}", module, hash_of_abc));
    EXPECT_EQ(with_hashes(text, root()), expected);
    EXPECT_EQ(with_hashes(expected, root()), expected);
}

TEST_F(CheckConfiguration, fixing_replaces_the_file_and_keeps_its_permissions) {
    const fs::path file = root() / "boot/limine/limine.conf";
    ASSERT_TRUE(write_file(file, entry("boot():/boot/kernel.elf")));
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
    ASSERT_TRUE(fix_hashes(file, root_of(file)));
    EXPECT_EQ(*read_file(file, "it"), entry(fmt::format("boot():/boot/kernel.elf#{}", hash_of_abc)));
    EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
    EXPECT_EQ(std::distance(fs::directory_iterator(file.parent_path()), fs::directory_iterator()), 1);
}

TEST_F(CheckConfiguration, fixing_leaves_alone_what_is_no_configuration) {
    const fs::path file = root() / "limine.conf";
    ASSERT_TRUE(write_file(file, "PROTOCOL=limine\n"));
    EXPECT_FALSE(fix_hashes(file, root()));
    EXPECT_EQ(*read_file(file, "it"), "PROTOCOL=limine\n");
}

TEST_F(CheckConfiguration, the_root_is_the_folder_around_the_usual_places) {
    for (const char* place : {"boot/limine", "boot", "limine", "EFI/BOOT", ""})
        EXPECT_EQ(root_of(root() / place / "limine.conf"), root()) << place;
    EXPECT_EQ(root_of(root() / "configs/limine.conf"), root() / "configs");
}

}  // namespace
}  // namespace lintel::runner
