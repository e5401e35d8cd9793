// limine.conf from text to boot plan, and where it is looked for. What the parser promises about other people's files
// is held against CONFIG.md.
#include "loader/core/configuration.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "fake_volumes.hpp"
#include "loader/core/find_configuration.hpp"

namespace lintel::loader {
namespace {

/// A configuration together with the text and the room that it points into.
class Parsed {
public:
    explicit Parsed(std::string text, Platform platform = {}) : text_(std::move(text)), platform_(platform) {
        result_ = parse_configuration(text_, platform_, storage_->room());
    }
    const Configuration* operator->() const { return &result_.value(); }
    [[nodiscard]] bool ok() const { return result_.has_value(); }
    [[nodiscard]] const Error& error() const { return result_.error(); }
    [[nodiscard]] const Entry& entry(std::size_t index) const { return result_->entries[index]; }
    Result<BootPlan> plan(std::size_t index = 0) {
        modules_ = List<Module>(module_room_);
        return plan_for(entry(index), volumes_, modules_);
    }

private:
    std::string text_;
    Platform platform_;
    std::unique_ptr<ConfigurationStorage> storage_ = std::make_unique<ConfigurationStorage>();
    std::array<Module, 4> module_room_{};
    List<Module> modules_;
    FakeVolumes volumes_{{nullptr}};
    Result<Configuration> result_;
};

const std::string kernel_entry = "/Kernel\nprotocol: limine\npath: boot():/kernel.elf\n";

TEST(Configuration, an_entry_has_a_title_and_its_local_options) {
    Parsed parsed("/My kernel\n    protocol: limine\n    path: boot():/boot/kernel.elf\n    cmdline: a=b c:d\n");
    ASSERT_EQ(parsed->entries.size(), 1U);
    EXPECT_EQ(parsed.entry(0).title, "My kernel");
    EXPECT_FALSE(parsed.entry(0).directory);
    auto plan = parsed.plan();
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->path, "/boot/kernel.elf");
    EXPECT_EQ(plan->command_line, "a=b c:d");
    EXPECT_FALSE(plan->resolution);
    EXPECT_TRUE(plan->modules.empty());
}

TEST(Configuration, options_belong_to_the_entry_before_them) {
    Parsed parsed("/a\ncmdline: one\n/b\n/c\ncmdline: three\n");
    EXPECT_EQ(parsed.entry(0).option("cmdline"), "one");
    EXPECT_EQ(parsed.entry(1).option("cmdline"), std::nullopt);
    EXPECT_EQ(parsed.entry(2).option("cmdline"), "three");
}

TEST(Configuration, carriage_returns_blanks_and_empty_lines_do_not_matter) {
    Parsed parsed("\xef\xbb\xbf\r\n  timeout:   3  \r\n\t\r\n  /Title  \t\r\n\tcmdline:\tx y \t\r\npath: boot():/k");
    EXPECT_EQ(parsed->timeout, 3000U);
    EXPECT_EQ(parsed.entry(0).title, "Title");
    EXPECT_EQ(parsed.entry(0).option("cmdline"), "x y");
    EXPECT_EQ(parsed.entry(0).option("path"), "boot():/k");
}

TEST(Configuration, a_comment_stands_on_its_own_line) {
    Parsed parsed("# no: option\n  # ${\n/Title # not a comment\ncmdline: x # nor this\n");
    EXPECT_EQ(parsed.entry(0).title, "Title # not a comment");
    EXPECT_EQ(parsed.entry(0).option("cmdline"), "x # nor this");
    EXPECT_TRUE(parsed->ignored.empty());
}

TEST(Configuration, names_of_options_have_no_case) {
    Parsed parsed("TimeOut: 7\n/a\nPROTOCOL: limine\nKernel_Path: boot():/k\nKERNEL_CMDLINE: c\n");
    EXPECT_EQ(parsed->timeout, 7000U);
    ASSERT_TRUE(parsed.plan());
    EXPECT_EQ(parsed.plan()->path, "/k");
    EXPECT_EQ(parsed.plan()->command_line, "c");
}

TEST(Configuration, the_first_of_several_values_wins) {
    Parsed parsed("timeout: 1\ntimeout: 2\n/a\ncmdline: x\ncmdline: y\n");
    EXPECT_EQ(parsed->timeout, 1000U);
    EXPECT_EQ(parsed.entry(0).option("cmdline"), "x");
}

TEST(Configuration, global_options_can_stand_anywhere) {
    Parsed parsed(
        "/a\ncmdline: x\ntimeout: 9\n/b\nquiet: yes\nverbose: yes\nserial: yes\ninterface_branding: Mine: 1\n"
        "default_entry: 2\n");
    EXPECT_EQ(parsed->timeout, 9000U);
    EXPECT_TRUE(parsed->quiet);
    EXPECT_TRUE(parsed->verbose);
    EXPECT_TRUE(parsed->serial);
    EXPECT_EQ(parsed->appearance.branding, "Mine: 1");
    EXPECT_EQ(parsed->default_entry, "2");
    EXPECT_TRUE(parsed.entry(1).options.empty());
}

TEST(Configuration, without_global_options_the_defaults_hold) {
    Parsed parsed(kernel_entry);
    EXPECT_EQ(parsed->timeout, 5000U);
    EXPECT_EQ(parsed->default_entry, "1");
    EXPECT_FALSE(parsed->quiet);
    EXPECT_FALSE(parsed->verbose);
    EXPECT_TRUE(parsed->serial);
    EXPECT_EQ(parsed->serial_baudrate, 115200U);
    EXPECT_FALSE(parsed->remember_last_entry);
    EXPECT_TRUE(parsed->hash_mismatch_panic);
    EXPECT_EQ(parsed->editor_enabled, std::nullopt);
    EXPECT_TRUE(parsed->editor_highlighting);
    EXPECT_TRUE(parsed->editor_validation);
    EXPECT_EQ(parsed->appearance.branding, "Lintel");
    EXPECT_FALSE(parsed->appearance.help_hidden);
    EXPECT_FALSE(parsed->appearance.resolution);
    EXPECT_FALSE(parsed->appearance.branding_colour);
    EXPECT_FALSE(parsed->appearance.palette);
    EXPECT_FALSE(parsed->appearance.font_scale);
    EXPECT_EQ(parsed->appearance.margin, 0U);
}

/// A line of global options, and how a configuration with it can be told from others.
struct GlobalCase {
    const char* line;
    bool (*holds)(const Configuration& configuration);
};

TEST(Configuration, global_options_have_these_forms) {
    const GlobalCase cases[] = {
        {"remember_last_entry: yes", [](const Configuration& c) { return c.remember_last_entry; }},
        {"serial: no", [](const Configuration& c) { return !c.serial; }},
        {"serial_baudrate: 9600", [](const Configuration& c) { return c.serial_baudrate == 9600; }},
        {"serial_baudrate: 0", [](const Configuration& c) { return c.serial_baudrate == 115200; }},
        {"serial_baudrate: 230400", [](const Configuration& c) { return c.serial_baudrate == 115200; }},
        {"serial_baudrate: fast", [](const Configuration& c) { return c.serial_baudrate == 115200; }},
        {"hash_mismatch_panic: no", [](const Configuration& c) { return !c.hash_mismatch_panic; }},
        {"measured_boot: yes", [](const Configuration& c) { return c.measured_boot; }},
        {"measured_boot: on", [](const Configuration& c) { return !c.measured_boot; }},
        {"editor_enabled: no", [](const Configuration& c) { return c.editor_enabled == false; }},
        {"editor_enabled: yes", [](const Configuration& c) { return c.editor_enabled == true; }},
        {"editor_highlighting: no", [](const Configuration& c) { return !c.editor_highlighting; }},
        {"editor_validation: no", [](const Configuration& c) { return !c.editor_validation; }},
        {"interface_help_hidden: yes", [](const Configuration& c) { return c.appearance.help_hidden; }},
        {"interface_resolution: 800x600",
         [](const Configuration& c) {
             return c.appearance.resolution->width == 800 && c.appearance.resolution->height == 600;
         }},
        {"interface_branding_colour: 0a0B0c",
         [](const Configuration& c) { return c.appearance.branding_colour == Colour{10, 11, 12}; }},
        {"interface_branding_color: 0a0b0c",
         [](const Configuration& c) { return c.appearance.branding_colour == Colour{10, 11, 12}; }},
        {"interface_help_color: ffffff",
         [](const Configuration& c) { return c.appearance.help_colour == Colour{255, 255, 255}; }},
        {"interface_help_colour_bright: 010203",
         [](const Configuration& c) { return c.appearance.help_colour_bright == Colour{1, 2, 3}; }},
        {"term_background: 80010203",
         [](const Configuration& c) { return c.appearance.background == Colour{1, 2, 3}; }},
        {"term_background: 010203", [](const Configuration& c) { return c.appearance.background == Colour{1, 2, 3}; }},
        {"term_foreground: 010203", [](const Configuration& c) { return c.appearance.foreground == Colour{1, 2, 3}; }},
        {"term_background_bright: 00010203",
         [](const Configuration& c) { return c.appearance.background_bright == Colour{1, 2, 3}; }},
        {"term_foreground_bright: 010203",
         [](const Configuration& c) { return c.appearance.foreground_bright == Colour{1, 2, 3}; }},
        {"term_palette: 000000;111111;222222;333333;444444;555555;666666;777777",
         [](const Configuration& c) { return (*c.appearance.palette)[6] == Colour{0x66, 0x66, 0x66}; }},
        {"term_palette_bright: 000000;111111;222222;333333;444444;555555;666666;777777",
         [](const Configuration& c) { return (*c.appearance.palette_bright)[7] == Colour{0x77, 0x77, 0x77}; }},
        {"term_font_scale: 2x1", [](const Configuration& c) { return c.appearance.font_scale == GlyphScale{2, 1}; }},
        {"term_margin: 64", [](const Configuration& c) { return c.appearance.margin == 64; }},
        {"term_margin: 4000000000", [](const Configuration& c) { return c.appearance.margin == 10000; }},
    };
    for (const GlobalCase& given : cases) {
        Parsed parsed(std::string(given.line) + "\n/a\n");
        EXPECT_TRUE(given.holds(*parsed.operator->())) << given.line;
        EXPECT_TRUE(parsed->ignored.empty()) << given.line;
    }
}

TEST(Configuration, a_value_that_is_not_understood_changes_nothing_and_is_named) {
    for (const char* line :
         {"interface_resolution: large", "interface_branding_colour: red", "interface_branding_colour: 12345",
          "interface_help_colour: #112233", "term_background: 1234567", "term_palette: 000000",
          "term_palette: 000000;111111;222222;333333;444444;555555;666666;777777;",
          "term_palette: 000000;111111;222222;333333;444444;555555;666666;77777g", "term_font_scale: 2",
          "term_font_scale: 0x1", "term_font_scale: 1x9", "term_font_scale: x",
          "term_font_scale:", "term_margin: wide"}) {
        Parsed parsed(std::string(line) + "\n/a\n");
        ASSERT_EQ(parsed->ignored.size(), 1U) << line;
        EXPECT_EQ(parsed->ignored[0], line);
        EXPECT_FALSE(parsed->appearance.resolution) << line;
        EXPECT_FALSE(parsed->appearance.branding_colour) << line;
        EXPECT_FALSE(parsed->appearance.palette) << line;
        EXPECT_FALSE(parsed->appearance.font_scale) << line;
    }
    EXPECT_EQ(Parsed("term_margin: x\nterm_margin: 5\n/a\n")->appearance.margin, 5U);
}

TEST(Configuration, the_first_spelling_of_an_option_wins) {
    Parsed parsed("interface_help_color: 000001\ninterface_help_colour: 000002\n/a\n");
    EXPECT_EQ(parsed->appearance.help_colour, (Colour{0, 0, 1}));
}

TEST(Configuration, an_entrys_text_is_what_stands_below_its_title) {
    Parsed parsed("timeout: 1\n/a\n  path: x\n\n  # why\n//b\n${E}=/c\n  cmdline: y\n${E}\n/d");
    EXPECT_EQ(parsed.entry(0).text, "  path: x\n\n  # why\n");
    EXPECT_EQ(parsed.entry(1).text, "${E}=/c\n  cmdline: y\n");
    EXPECT_EQ(parsed.entry(2).text, "");
    EXPECT_EQ(parsed.entry(3).text, "");
}

TEST(Configuration, edited_text_is_one_entry_with_the_files_macros) {
    Parsed parsed("${DIR}=boot():/old\n/a\npath: ${DIR}/k\n/b\n");
    ConfigurationStorage room;
    auto edit = [&](std::string_view text) {
        return parse_edited(*parsed.operator->(), parsed.entry(0), text, {}, room.room());
    };
    auto edited = edit("path: ${DIR}/other\ncmdline: ${ARCH}\n");
    ASSERT_TRUE(edited);
    ASSERT_EQ(edited->entries.size(), 1U);
    EXPECT_EQ(edited->entries[0].title, "a");
    EXPECT_EQ(edited->entries[0].option("path"), "boot():/old/other");
    EXPECT_EQ(edited->entries[0].option("cmdline"), "x86-64");
    EXPECT_EQ(edit("${DIR}=new\npath: ${DIR}")->entries[0].option("path"), "new");
    EXPECT_EQ(parsed.entry(0).option("path"), "boot():/old/k");
    EXPECT_EQ(edit("path: x\n/c\n").error().text,
              "an entry cannot be opened within another, which is what happens in line");
    EXPECT_EQ(edit("path: x\n\npath\n").error().number, 3U);
    EXPECT_EQ(edit("if_arch: riscv64").error().text, "the configuration has no entries for this machine");
}

TEST(Configuration, a_timeout_is_no_or_a_number_or_zero) {
    const std::map<std::string, std::optional<std::uint32_t>> cases{{"no", std::nullopt},
                                                                    {"0", 0},
                                                                    {"0.25", 250},
                                                                    {"1.5", 1500},
                                                                    {"2.", 2000},
                                                                    {".5", 500},
                                                                    {"soon", 0},
                                                                    {"-1", 0},
                                                                    {"5s", 0},
                                                                    {"", 0},
                                                                    {".", 0},
                                                                    {"NO", 0},
                                                                    {"1.0009", 1000},
                                                                    {"9999", 9999000},
                                                                    {"10000", 9999000},
                                                                    {"9999.9", 9999000},
                                                                    {"99999999999999999999", 9999000},
                                                                    {"4294968", 9999000}};
    for (const auto& [text, expected] : cases)
        EXPECT_EQ(Parsed("timeout: " + text + "\n/a\n")->timeout, expected) << text;
}

TEST(Configuration, slashes_say_how_deep_an_entry_is) {
    Parsed parsed("/+Systems\ncomment: all of them\n//One\n//More\n///Two\n/Three\n/+ Four\n");
    const auto& entries = parsed->entries;
    ASSERT_EQ(entries.size(), 6U);
    std::vector<std::uint32_t> depths;
    std::vector<bool> directories;
    for (const Entry& entry : entries) {
        depths.push_back(entry.depth);
        directories.push_back(entry.directory);
    }
    EXPECT_EQ(depths, (std::vector<std::uint32_t>{0, 1, 1, 2, 0, 0}));
    EXPECT_EQ(directories, (std::vector<bool>{true, false, true, false, false, false}));
    EXPECT_EQ(entries[0].title, "Systems");
    EXPECT_TRUE(entries[0].expanded);
    EXPECT_FALSE(entries[2].expanded);
    EXPECT_EQ(entries[5].title, "Four");
    EXPECT_EQ(entries[0].option("comment"), "all of them");
}

TEST(Configuration, values_are_cut_at_4095_characters) {
    Parsed parsed("/a\ncmdline: " + std::string(5000, 'x') + "\n");
    EXPECT_EQ(parsed.entry(0).option("cmdline")->size(), 4095U);
}

TEST(Configuration, macros_are_replaced_wherever_they_stand) {
    Parsed parsed(
        "cmdline_before: ${LATER}\n${NAME}=my kernel\n${DIR}=boot():/boot\n/The ${NAME}\n${KEY}: "
        "${DIR}/${NAME}${NONE}.elf\n"
        "${KEY}=path\n${LATER}=x\n");
    EXPECT_EQ(parsed.entry(0).title, "The my kernel");
    EXPECT_EQ(parsed.entry(0).option("path"), "boot():/boot/my kernel.elf");
}

TEST(Configuration, a_macro_can_open_an_entry) { EXPECT_EQ(Parsed("${E}=/Title\n${E}\n").entry(0).title, "Title"); }

TEST(Configuration, the_text_of_a_macro_is_not_expanded_again) {
    EXPECT_EQ(Parsed("${A}=${A}${B}\n/x\ncmdline: ${A}\n").entry(0).option("cmdline"), "${A}${B}");
}

TEST(Configuration, the_last_definition_of_a_macro_counts) {
    EXPECT_EQ(Parsed("${A}=1\n/x\ncmdline: ${A} ${ARCH}\n${A}=2\n${ARCH}=mine\n").entry(0).option("cmdline"), "2 mine");
}

TEST(Configuration, built_in_macros_describe_the_machine) {
    EXPECT_EQ(Parsed("/a\ncmdline: ${ARCH}/${FW_TYPE}\n").entry(0).option("cmdline"), "x86-64/UEFI");
    Platform bios{.architecture = "ia-32", .firmware = "BIOS"};
    EXPECT_EQ(Parsed("/a\ncmdline: ${ARCH}/${FW_TYPE}\n", bios).entry(0).option("cmdline"), "ia-32/BIOS");
}

TEST(Configuration, entries_for_other_machines_are_hidden) {
    Parsed parsed(
        "/a\nif_fw_type: bios\n/b\nif_fw_type: uefi\n/c\nif_arch: aarch64  riscv64\n/d\nif_arch: ia-32 X86-64\n"
        "/e\nprotocol: bios_chainload\n/f\nif_fw_type: BIOS\n//g\n/h\nif_arch:\n");
    std::string shown;
    for (const Entry& entry : parsed->entries)
        if (!entry.hidden) shown += entry.title;
    EXPECT_EQ(shown, "bdfg");
}

TEST(Configuration, entries_that_need_efi_are_hidden_without_it) {
    const std::string text =
        "/a\nprotocol: limine\n/b\nprotocol: efi\n/c\nprotocol: uefi\n/d\nprotocol: efi_chainload\n"
        "/e\nprotocol: efi_boot_entry\n/f\nprotocol: bios\n";
    auto shown = [&](Platform platform) {
        Parsed parsed(text, platform);
        std::string titles;
        for (const Entry& entry : parsed->entries)
            if (!entry.hidden) titles += entry.title;
        return titles;
    };
    EXPECT_EQ(shown({.firmware = "UEFI"}), "abcde");
    EXPECT_EQ(shown({.firmware = "BIOS"}), "af");
}

TEST(Configuration, each_name_of_the_efi_protocol_plans_an_application) {
    for (const char* name : {"efi", "uefi", "efi_chainload"}) {
        Parsed parsed("/a\nprotocol: " + std::string(name) +
                          "\nimage_path: boot():/A.EFI\ncmdline: x\nresolution: 800x600\nmodule_path: nonsense\n",
                      {.firmware = "UEFI"});
        EXPECT_TRUE(parsed->ignored.empty());
        auto plan = parsed.plan();
        ASSERT_TRUE(plan) << plan.error().text;
        EXPECT_EQ(plan->protocol, BootProtocol::efi);
        EXPECT_EQ(plan->path, "/A.EFI");
        EXPECT_EQ(plan->command_line, "x");
        EXPECT_EQ(plan->resolution->width, 800U);
        EXPECT_TRUE(plan->modules.empty());
    }
    EXPECT_FALSE(Parsed("/a\nprotocol: limine\nimage_path: boot():/A.EFI\n").plan());
}

TEST(Configuration, a_configuration_of_hidden_entries_is_refused) {
    Parsed parsed("/a\nif_fw_type: BIOS\n");
    ASSERT_FALSE(parsed.ok());
    EXPECT_EQ(parsed.error().text, "the configuration has no entries for this machine");
}

TEST(Configuration, options_that_are_not_understood_are_named_once) {
    Parsed parsed(
        "wallpaper: boot():/a.png\nWALLPAPER: boot():/b.png\n/a\ndtb_path: yes\ncmdline: x\n/b\ndtb_path: no\n");
    ASSERT_EQ(parsed->ignored.size(), 2U);
    EXPECT_EQ(parsed->ignored[0], "wallpaper");
    EXPECT_EQ(parsed->ignored[1], "dtb_path");
    EXPECT_EQ(parsed.entry(0).option("dtb_path"), "yes");
}

TEST(Configuration, an_empty_configuration_is_refused) {
    for (const char* text : {"", "\n\n", "# only a comment", "timeout: 3\n", "${A}=/b\n"}) {
        Parsed parsed(text);
        ASSERT_FALSE(parsed.ok()) << text;
        EXPECT_EQ(parsed.error().text, "the configuration has no entries");
    }
}

struct Malformed {
    std::string text;
    std::string_view sentence;
    std::uint64_t line;
};

TEST(Configuration, what_is_malformed_is_told_with_its_line) {
    constexpr std::string_view no_directory =
        "a sub-entry of the configuration has no directory that it belongs to, in line";
    constexpr std::string_view no_title = "an entry of the configuration has no title, in line";
    constexpr std::string_view old_syntax =
        "the configuration is in the syntax of Limine before version 8 (':' before titles, '=' behind options), in "
        "line";
    constexpr std::string_view no_option = "neither a title nor an option nor a comment in the configuration, in line";
    constexpr std::string_view spaced =
        "an option's name is followed by ':' and has no spaces, which is not so in line";
    constexpr std::string_view unclosed = "a '${' without its '}' in the configuration, in line";
    const std::vector<Malformed> cases{
        {"/a\n\nthis is nothing\n", no_option, 3},
        {"/a\r\nprotocol\r\n", no_option, 2},
        {"/a\nprotocol : limine\n", spaced, 2},
        {"/a\nmy option: x\n", spaced, 2},
        {"/a\n/\n", no_title, 2},
        {"/a\n/+  \n", no_title, 2},
        {"//\n", no_title, 1},
        {"//a\n", no_directory, 1},
        {"/a\n///b\n", no_directory, 2},
        {"/a\n//b\n////c\n", no_directory, 3},
        {":My kernel\nPROTOCOL=limine\n", old_syntax, 1},
        {"TIMEOUT=5\n/a\n", old_syntax, 1},
        {"/a\nKERNEL_PATH=boot:///kernel.elf\n", old_syntax, 2},
        {"/a\ncmdline: ${\n", unclosed, 2},
        {"/a\n${NAME=x\n", unclosed, 2},
        {"/a\ncmdline: ${A} ${B\n", unclosed, 2},
        {std::string("/a\ncmd\0line: x\n", 15), "a zero byte in the configuration, so this is not text, in line", 2},
        {std::string("/a\n# \0\n", 7), "a zero byte in the configuration, so this is not text, in line", 2},
    };
    for (const Malformed& wrong : cases) {
        Parsed parsed(wrong.text);
        ASSERT_FALSE(parsed.ok()) << wrong.text;
        EXPECT_EQ(parsed.error().code, ErrorCode::malformed) << wrong.text;
        EXPECT_EQ(parsed.error().text, wrong.sentence) << wrong.text;
        EXPECT_EQ(parsed.error().number, wrong.line) << wrong.text;
    }
}

TEST(Configuration, a_configuration_larger_than_its_room_is_refused) {
    std::array<Entry, 2> entries;
    std::array<Option, 2> options;
    std::array<Macro, 1> macros;
    std::array<char, 8> expanded;
    std::array<std::string_view, 1> ignored;
    ConfigurationRoom room{entries, options, macros, expanded, ignored};
    EXPECT_TRUE(parse_configuration("${A}=12345678\n/a\ncmdline: x\n/b\npath: y\n", {}, room));
    EXPECT_TRUE(parse_configuration("x1: 1\nx2: 2\nx3: 3\n/a\n", {}, room));
    for (const char* text : {"/a\n/b\n/c\n", "/a\npath: x\npath: x\npath: x\n", "${A}=\n${B}=\n/a\n",
                             "${A}=123456789\n/${A}\n", "${A}=1\n/${A}\n//bcdefg${A}\n"}) {
        auto result = parse_configuration(text, {}, room);
        ASSERT_FALSE(result) << text;
        EXPECT_EQ(result.error().code, ErrorCode::out_of_memory) << text;
        EXPECT_TRUE(result.error().number) << text;
    }
}

TEST(Configuration, random_text_ends_in_a_configuration_or_an_error) {
    std::mt19937 random(1);
    constexpr std::string_view alphabet = "/+:#=${}\\\n\r\t aA.0\0x";
    ConfigurationStorage storage;
    for (int round = 0; round < 20000; ++round) {
        std::string text(random() % 60, ' ');
        for (char& c : text) c = alphabet[random() % alphabet.size()];
        auto parsed = parse_configuration(text, {}, storage.room());
        if (!parsed) continue;
        EXPECT_FALSE(parsed->entries.empty());
        static_cast<void>(find_entry(parsed->entries, text));
    }
}

TEST(EntryPath, every_entry_is_found_by_the_path_that_is_written_for_it) {
    Parsed parsed("/a\n//b\n//b\n///b\n//b\n/a\n/x/y\\z\n/c#1\n/c\n/h\nif_fw_type: BIOS\n/h\n/c\n/1\n");
    for (std::size_t i = 0; i < parsed->entries.size(); ++i) {
        if (parsed.entry(i).directory || parsed.entry(i).hidden) continue;
        std::array<char, 64> room;
        List<char> path(room);
        ASSERT_TRUE(write_entry_path(parsed->entries, i, path));
        std::string_view text(path.view().data(), path.size());
        EXPECT_EQ(find_entry(parsed->entries, text), i) << text;
    }
}

TEST(EntryPath, a_path_that_does_not_fit_is_not_written) {
    Parsed parsed("/directory\n//entry\n");
    std::array<char, 14> room;
    List<char> path(room);
    EXPECT_FALSE(write_entry_path(parsed->entries, 1, path));
    EXPECT_TRUE(write_entry_path(parsed->entries, 0, path));
}

TEST(Plan, modules_have_the_string_that_follows_them) {
    Parsed parsed(kernel_entry +
                  "module_string: of nobody\nmodule_path: boot():/a\nmodule_path: boot():/b\nmodule_cmdline: for b\n"
                  "module_string: too late\nMODULE_PATH: boot():/c\nmodule_string: for c\n");
    auto plan = parsed.plan();
    ASSERT_TRUE(plan);
    ASSERT_EQ(plan->modules.size(), 3U);
    EXPECT_EQ(plan->modules[0].path, "/a");
    EXPECT_EQ(plan->modules[0].string, "");
    EXPECT_EQ(plan->modules[1].string, "for b");
    EXPECT_EQ(plan->modules[2].path, "/c");
    EXPECT_EQ(plan->modules[2].string, "for c");
}

TEST(Plan, a_second_plan_does_not_keep_the_modules_of_the_first) {
    Parsed parsed(kernel_entry + "module_path: boot():/a\n" + kernel_entry + "module_path: boot():/b\n");
    std::array<Module, 4> room;
    List<Module> modules(room);
    FakeVolumes volumes{{nullptr}};
    ASSERT_TRUE(plan_for(parsed.entry(0), volumes, modules));
    auto second = plan_for(parsed.entry(1), volumes, modules);
    ASSERT_TRUE(second);
    ASSERT_EQ(second->modules.size(), 1U);
    EXPECT_EQ(second->modules[0].path, "/b");
}

TEST(Plan, addresses_are_random_where_that_is_wanted) {
    struct {
        const char* options;
        bool kaslr;
        bool hhdm;
    } const cases[] = {{"", false, false},
                       {"kaslr: yes\n", true, true},
                       {"kaslr: no\n", false, false},
                       {"kaslr: yes\nrandomise_hhdm_base: no\n", true, false},
                       {"randomise_hhdm_base: yes\n", false, true},
                       {"randomize_hhdm_base: yes\n", false, true}};
    for (const auto& one : cases) {
        auto plan = Parsed(kernel_entry + one.options).plan();
        ASSERT_TRUE(plan);
        EXPECT_EQ(plan->kaslr, one.kaslr) << one.options;
        EXPECT_EQ(plan->randomise_hhdm, one.hhdm) << one.options;
    }
}

TEST(Plan, paging_modes_are_limited_where_that_is_wanted) {
    using enum arch::Levels;
    struct {
        const char* options;
        PagingLimits limits;
    } const cases[] = {{"", {four, five}},
                       {"max_paging_mode: 4level\n", {four, four}},
                       {"MIN_PAGING_MODE: 5LEVEL\n", {five, five}},
                       {"paging_mode: 4level\nmin_paging_mode: 5level\n", {four, four}}};
    for (const auto& one : cases) {
        auto plan = Parsed(kernel_entry + one.options).plan();
        ASSERT_TRUE(plan) << one.options;
        EXPECT_EQ(plan->paging, one.limits) << one.options;
    }
    EXPECT_EQ(Parsed(kernel_entry + "paging_mode: 3level\n").plan().error().text,
              "a paging mode is 4level or 5level, not");
    EXPECT_EQ(Parsed(kernel_entry + "min_paging_mode: 5level\nmax_paging_mode: 4level\n").plan().error().text,
              "max_paging_mode is below min_paging_mode");
}

TEST(Plan, hashes_of_executable_and_modules_go_along) {
    const std::string one(128, '1'), two(128, 'a');
    Parsed parsed("/a\nprotocol: limine\npath: boot():/k#" + one + "\nmodule_path: boot():/m#" + two + "\n");
    auto plan = parsed.plan();
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->path, "/k");
    EXPECT_EQ(plan->hash, one);
    EXPECT_EQ(plan->modules[0].path, "/m");
    EXPECT_EQ(plan->modules[0].hash, two);
}

TEST(Plan, names_of_files_are_as_written_but_for_their_hashes) {
    const std::string hash = "#" + std::string(128, '1');
    Parsed parsed("/a\nprotocol: limine\npath: $boot():/k" + hash + "\nmodule_path: boot():/m" + hash +
                  "\nmodule_path: boot():/plain\n");
    auto plan = parsed.plan();
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->name, "$boot():/k");
    EXPECT_EQ(plan->modules[0].name, "boot():/m");
    EXPECT_EQ(plan->modules[1].name, "boot():/plain");
}

TEST(Configuration, a_wrong_hash_ends_the_boot_unless_it_says_otherwise) {
    EXPECT_TRUE(Parsed(kernel_entry)->hash_mismatch_panic);
    EXPECT_TRUE(Parsed("hash_mismatch_panic: yes\n" + kernel_entry)->hash_mismatch_panic);
    EXPECT_FALSE(Parsed("hash_mismatch_panic: no\n" + kernel_entry)->hash_mismatch_panic);
}

TEST(Plan, path_and_cmdline_come_before_their_aliases) {
    Parsed parsed("/a\nprotocol: limine\nkernel_path: boot():/1\npath: boot():/2\nkernel_cmdline: 1\ncmdline: 2\n");
    EXPECT_EQ(parsed.plan()->path, "/2");
    EXPECT_EQ(parsed.plan()->command_line, "2");
}

TEST(Plan, a_resolution_has_32_bits_per_pixel_unless_it_says_otherwise) {
    Parsed parsed(kernel_entry + "resolution: 1024x768\n");
    ASSERT_TRUE(parsed.plan());
    EXPECT_EQ(parsed.plan()->resolution->width, 1024U);
    EXPECT_EQ(parsed.plan()->resolution->height, 768U);
    EXPECT_EQ(parsed.plan()->resolution->bpp, 32U);
    EXPECT_EQ(Parsed(kernel_entry + "resolution: 640x480x24\n").plan()->resolution->bpp, 24U);
}

TEST(Plan, a_wrong_resolution_is_refused) {
    for (const char* text : {"", "1024", "1024x", "x768", "1024x768x", "1024x768x32x1", "0x0", "1024X768", "axb",
                             "99999999999x1", "1x1x256", "1024x768x0"}) {
        Parsed parsed(kernel_entry + "resolution: " + text + "\n");
        auto plan = parsed.plan();
        ASSERT_FALSE(plan) << text;
        EXPECT_EQ(plan.error().text, "a resolution is WIDTHxHEIGHT or WIDTHxHEIGHTxBPP, not");
        EXPECT_EQ(plan.error().subject, text);
    }
}

TEST(Plan, what_cannot_be_booted_is_refused_with_a_sentence) {
    auto error = [](const std::string& text) { return Parsed(text).plan().error(); };
    EXPECT_EQ(error("/a\npath: boot():/k\n").text, "the entry has no option 'protocol'");
    EXPECT_EQ(error("/a\nprotocol: linux\n").text, "this loader does not speak the protocol");
    EXPECT_EQ(Parsed("/a\nprotocol: linux\n").plan().error().code, ErrorCode::unsupported);
    EXPECT_EQ(error("/a\nprotocol: limine\n").text, "the entry has no option 'path'");
    EXPECT_EQ(error("/a\n//b\n").text, "a directory of entries cannot be booted");
    EXPECT_EQ(error("/a\nprotocol: limine\npath: hdd(1:1):/k\n").text, "there is no such volume");
    EXPECT_EQ(error(kernel_entry + "module_path: boot():/1\nmodule_path: boot():/2\nmodule_path: boot():/3\n"
                                   "module_path: boot():/4\nmodule_path: boot():/5\n")
                  .text,
              "this entry has more modules than the loader has room for");
}

TEST(Plan, an_unknown_protocol_is_named) {
    Parsed parsed("/a\nprotocol: linux\n");
    EXPECT_EQ(parsed.plan().error().subject, "linux");
}

TEST(FindEntry, a_path_leads_through_directories) {
    Parsed parsed("/OSes\n//Arch Linux\n//Sub\n///Deep\n/Deep\n/OSes\n//Second\n");
    auto find = [&](std::string_view path) { return find_entry(parsed->entries, path); };
    EXPECT_EQ(find("OSes/Arch Linux"), 1U);
    EXPECT_EQ(find("OSes/Sub/Deep"), 3U);
    EXPECT_EQ(find("Deep"), 4U);
    EXPECT_EQ(find("OSes#1/Second"), 6U);
    for (const char* path : {"", "OSes", "Arch Linux", "OSes/Second", "OSes/Deep", "Deep/x", "OSes#2/Second", "/",
                             "OSes//Deep", "oses/arch linux"})
        EXPECT_EQ(find(path), std::nullopt) << path;
}

TEST(FindEntry, namesakes_are_told_apart_by_number) {
    Parsed parsed("/a\n/b\n/a\n/a\n");
    EXPECT_EQ(find_entry(parsed->entries, "a#0"), 0U);
    EXPECT_EQ(find_entry(parsed->entries, "a#1"), 2U);
    EXPECT_EQ(find_entry(parsed->entries, "a#2"), 3U);
    EXPECT_EQ(find_entry(parsed->entries, "a#3"), std::nullopt);
    EXPECT_EQ(find_entry(parsed->entries, "a#99999999999"), std::nullopt);
}

TEST(FindEntry, escaped_characters_stand_for_themselves) {
    Parsed parsed("/a\\/b\n/TCP/IP\n/C#1\n/C#\n/dir/x\n//C#1\n");
    EXPECT_EQ(find_entry(parsed->entries, "a\\\\\\/b"), 0U);
    EXPECT_EQ(find_entry(parsed->entries, "TCP\\/IP"), 1U);
    EXPECT_EQ(find_entry(parsed->entries, "C\\#1"), 2U);
    EXPECT_EQ(find_entry(parsed->entries, "C#"), 3U);
    EXPECT_EQ(find_entry(parsed->entries, "dir\\/x/C\\#1"), 5U);
}

TEST(FindEntry, hidden_entries_are_passed_over) {
    Parsed parsed("/a\nif_fw_type: BIOS\n/a\n");
    EXPECT_EQ(find_entry(parsed->entries, "a"), 1U);
}

/// A volume that has the given files and notes what it is asked for.
class FakeVolume final : public Volume {
public:
    explicit FakeVolume(std::vector<std::string> files, std::optional<Error> trouble = {})
        : files_(std::move(files)), trouble_(trouble) {}
    Result<OpenFile> open(std::string_view path, NameRule rule) override {
        asked.emplace_back(path);
        EXPECT_EQ(rule, NameRule::any_case);
        if (trouble_) return std::unexpected(*trouble_);
        auto file = std::ranges::find(files_, path);
        if (file == files_.end()) return fail(ErrorCode::not_found, "no such file", path);
        return OpenFile{.size = 10, .location = static_cast<std::uint64_t>(file - files_.begin())};
    }
    Status read(const OpenFile&, std::uint64_t, MutableBytes) override { return fail(ErrorCode::device, "not here"); }
    [[nodiscard]] VolumeIdentity identity() const override { return {}; }

    std::vector<std::string> asked;

private:
    std::vector<std::string> files_;
    std::optional<Error> trouble_;
};

using Folders = std::array<std::string_view, 1>;

TEST(FindConfiguration, the_documented_places_are_tried_in_order) {
    FakeVolume empty({});
    FakeVolumes volumes({&empty});
    EXPECT_EQ(find_configuration(volumes, Folders{"/EFI/Lintel"}).error().code, ErrorCode::not_found);
    EXPECT_EQ(empty.asked, (std::vector<std::string>{"/EFI/Lintel/limine.conf", "/boot/limine/limine.conf",
                                                     "/boot/limine.conf", "/limine/limine.conf", "/limine.conf"}));
}

TEST(FindConfiguration, an_application_in_the_root_has_its_configuration_there) {
    FakeVolume empty({});
    FakeVolumes volumes({&empty});
    EXPECT_FALSE(find_configuration(volumes, Folders{""}));
    EXPECT_EQ(empty.asked.front(), "/limine.conf");
}

TEST(FindConfiguration, the_first_volume_that_has_one_wins) {
    FakeVolume first({});
    FakeVolume second({"/limine.conf", "/boot/limine.conf"});
    FakeVolume third({"/EFI/BOOT/limine.conf"});
    FakeVolumes volumes({&first, &second, &third});
    auto found = find_configuration(volumes, Folders{"/EFI/BOOT"});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->volume, &second);
    EXPECT_EQ(volumes.settled, 1U);
    EXPECT_EQ(found->path.text(), "/boot/limine.conf");
    EXPECT_EQ(found->file.location, 1U);
    EXPECT_TRUE(third.asked.empty());
}

TEST(FindConfiguration, a_broken_volume_does_not_hide_the_next) {
    FakeVolume broken({}, fail(ErrorCode::device, "the disk is on fire").error());
    FakeVolume good({"/limine.conf"});
    FakeVolumes both({&broken, &good});
    EXPECT_EQ(find_configuration(both, {}).value().volume, &good);
    FakeVolumes only_broken({&broken});
    EXPECT_EQ(find_configuration(only_broken, {}).error().text, "the disk is on fire");
}

}  // namespace
}  // namespace lintel::loader
