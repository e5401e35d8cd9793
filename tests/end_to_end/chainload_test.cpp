// The `efi` protocol: the loader starts another EFI application, which can be another loader.
#include <gtest/gtest.h>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

/// What the serial port of a machine says whose disk has these files besides ours.
std::string boot(const Scratch& scratch, const fs::path& configuration) {
    auto answer = lintel({"run", "--headless", "--timeout", "100", "--accel", "tcg", "--firmware", "uefi", "--image",
                          "disk", "--config", configuration, "--files", scratch / "files"});
    EXPECT_EQ(answer.code, 6) << answer.out;
    return answer.out + answer.err;
}

void expect_line(const std::string& said, std::string_view part) {
    EXPECT_TRUE(said.contains(part)) << part << "\n" << said;
}

TEST(Chainload, application_gets_its_command_line_and_finds_its_own_files) {
    Scratch scratch;
    scratch.add("files/chain/APP.EFI", contents(LINTEL_CHAINED));
    scratch.add("files/chain/note.txt", "beside it");
    auto said = boot(scratch, scratch.add("limine.conf",
                                          "timeout: 0\n/A\nprotocol: efi_chainload\nimage_path: "
                                          "boot():/chain/APP.EFI\ncmdline: one  \"two\" \u00e9\U0001f600\n"));
    expect_line(said, "chained: told \"one  \"two\" <233><55357><56832>\"");
    expect_line(said, "chained: found \"beside it\"");
    expect_line(said, "the EFI application came back: /chain/APP.EFI (21)");
}

TEST(Chainload, of_the_loader_itself_which_then_refuses_what_is_no_application) {
    Scratch scratch;
    scratch.add("files/chain/LOADER.EFI", contents(build_folder() / "loader/uefi/BOOTX64.EFI"));
    scratch.add("files/chain/limine.conf", "timeout: 0\n/B\nprotocol: efi\npath: boot():/chain/note.txt\n");
    scratch.add("files/chain/note.txt", "this is no program");
    auto said =
        boot(scratch, scratch.add("limine.conf", "timeout: 0\n/A\nprotocol: uefi\npath: boot():/chain/LOADER.EFI\n"));
    expect_line(said, "booting A (/chain/LOADER.EFI)");
    expect_line(said, "booting B (/chain/note.txt)");
    expect_line(said, "the firmware does not take this file for an EFI application: /chain/note.txt (");
}

}  // namespace
}  // namespace lintel::end_to_end
