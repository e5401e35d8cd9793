// `lintel check` as a user types it, and what `run` and `image` say before they start.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

constexpr std::string_view configuration =
    "timeout: 0\n/Test\n    protocol: limine\n    path: boot():/boot/kernel.elf\n    cmdline: init=halt\n";

fs::path defect(std::string_view name) { return build_folder() / "tests/defects" / fmt::format("defect-{}.elf", name); }

TEST(Check, a_clean_kernel_gives_0_a_defect_1_and_an_unreadable_file_2) {
    Scratch scratch;
    EXPECT_EQ(lintel({"check", kernel()}).code, 0);
    EXPECT_EQ(lintel({"check", defect("vector-code")}).code, 1);
    EXPECT_EQ(lintel({"check", defect("vector-code-saved")}).code, 0);
    for (const fs::path& file : {scratch / "nothing.elf", scratch.add("text.txt", "hello"), scratch.add("empty", "")}) {
        auto answer = lintel({"check", file});
        EXPECT_EQ(answer.code, 2) << file;
        EXPECT_EQ(lines_of(answer.err).size(), 1U) << answer.err;
        EXPECT_EQ(answer.out, "");
    }
}

TEST(Check, json_is_one_object_with_the_findings_by_name) {
    auto answer = lintel({"check", "--format", "json", defect("duplicate")});
    EXPECT_EQ(answer.code, 1);
    const auto report = nlohmann::json::parse(answer.out);
    EXPECT_EQ(report["kind"], "kernel");
    EXPECT_EQ(report["base_revision"], 6);
    EXPECT_EQ(report["requests"].at(0)["feature"], "HHDM");
    EXPECT_EQ(report["findings"].at(0)["name"], "duplicate-request");
    EXPECT_EQ(report["findings"].at(0)["spots"].size(), 2U);
}

TEST(Check, colour_is_for_terminals_or_for_those_who_ask) {
    EXPECT_FALSE(lintel({"check", defect("duplicate")}).out.contains('\x1b'));
    Terminal terminal({"check", defect("duplicate")});
    terminal.finish();
    EXPECT_TRUE(terminal.text().contains("\x1b[31merror")) << terminal.text();
}

TEST(Check, a_configuration_is_checked_against_its_volume) {
    Scratch scratch;
    const fs::path file = scratch.add("boot/limine/limine.conf", configuration);
    EXPECT_EQ(lintel({"check", file}).code, 1);
    scratch.add("boot/kernel.elf", "a kernel");
    EXPECT_EQ(lintel({"check", file}).code, 0);
    scratch.add("elsewhere/boot/other.elf", "another");
    auto answer = lintel({"check", file, "--root", scratch / "elsewhere"});
    EXPECT_EQ(answer.code, 1);
    EXPECT_TRUE(answer.out.contains("[missing-file]")) << answer.out;
}

TEST(Check, fixed_hashes_are_those_that_the_loader_wants) {
    Scratch scratch;
    const fs::path file = scratch.add("boot/limine/limine.conf", configuration);
    fs::create_directories(scratch / "boot");
    fs::copy_file(kernel(), scratch / "boot/kernel.elf");
    ASSERT_EQ(lintel({"check", file, "--fix-hashes"}).code, 0);
    EXPECT_NE(contents(file), configuration);
    auto boot = [&] {
        return lintel({"run", "--firmware", "direct", "--timeout", "100", "--config", file, "--kernel",
                       scratch / "boot/kernel.elf"});
    };
    EXPECT_EQ(boot().code, 0);
    scratch.add("boot/kernel.elf", contents(kernel()) + "one byte more");
    EXPECT_EQ(lintel({"check", file}).code, 1);
    EXPECT_EQ(boot().code, 6);
}

TEST(Check, run_and_image_say_first_what_is_wrong_with_the_kernel_and_go_on) {
    auto run = lintel({"run", "--firmware", "direct", "--timeout", "100", "--kernel", defect("duplicate")});
    EXPECT_TRUE(run.err.contains("[duplicate-request]")) << run.err;
    EXPECT_EQ(run.code, 6) << run.err;
    Scratch scratch;
    auto image = lintel({"image", "--kernel", defect("vector-code"), "-o", scratch / "os.iso"});
    EXPECT_TRUE(image.err.contains("[vector-code]")) << image.err;
    EXPECT_EQ(image.code, 0) << image.err;
    EXPECT_FALSE(lintel({"image", "-o", scratch / "other.iso"}).err.contains("warning")) << image.err;
}

}  // namespace
}  // namespace lintel::end_to_end
