// Inputs that cannot boot: each ends with the loader's own sentence, never in silence, a reset or a hang. Most run in
// direct boot, which is quick; what an adapter has a part in runs under UEFI, too.
#include <gtest/gtest.h>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

constexpr std::string_view configuration =
    "timeout: 0\n/Test\n    protocol: limine\n    path: boot():/boot/kernel.elf\n";

void expect_loader_error(std::string_view conf, std::string_view kernel_bytes, std::string_view sentence,
                         std::string firmware = "direct") {
    Scratch scratch;
    auto answer = lintel({"run", "--headless", "--until-halt", "--timeout", "100", "--firmware", firmware, "--config",
                          scratch.add("limine.conf", conf), "--kernel", scratch.add("kernel.elf", kernel_bytes)});
    EXPECT_EQ(answer.code, 6) << answer.err << answer.out;
    bool found = false;
    for (const std::string& line : lines_of(answer.out))
        found = found || (line.starts_with("lintel loader: error: ") && line.contains(sentence));
    EXPECT_TRUE(found) << "no line from the loader with: " << sentence << "\n" << answer.out;
    EXPECT_TRUE(answer.err.contains("lintel: loader error: ")) << answer.err;
}

TEST(WrongInput, missing_kernel_is_named) {
    for (const char* firmware : {"direct", "uefi"})
        expect_loader_error("timeout: 0\n/Test\n    protocol: limine\n    path: boot():/boot/nothing.elf\n",
                            contents(kernel()), "/boot/nothing.elf", firmware);
}

TEST(WrongInput, truncated_elf_is_refused) {
    for (const char* firmware : {"direct", "uefi"})
        expect_loader_error(configuration, contents(kernel()).substr(0, 5000),
                            "the ELF file ends before one of its segments does", firmware);
}

TEST(WrongInput, elf_for_32_bits_is_refused) {
    std::string bytes = contents(kernel());
    bytes[4] = 1;  // EI_CLASS: ELFCLASS32
    expect_loader_error(configuration, bytes, "64-bit");
}

TEST(WrongInput, empty_configuration_is_refused) {
    // Of no bytes at all: UEFI does not give out no pages.
    for (const char* firmware : {"direct", "uefi"})
        expect_loader_error("", contents(kernel()), "the configuration has no entries", firmware);
}

TEST(WrongInput, unknown_protocol_is_refused) {
    expect_loader_error("timeout: 0\n/Test\n    protocol: linux\n    path: boot():/boot/kernel.elf\n",
                        contents(kernel()), "this loader does not speak the protocol: linux");
}

TEST(WrongInput, unsupported_base_revision_is_refused) {
    expect_loader_error(configuration, kernel_with_base_revision(99), "base revision");
}

}  // namespace
}  // namespace lintel::end_to_end
