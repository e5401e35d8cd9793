// Inputs that cannot boot: each ends with the loader's own sentence, never in silence, a reset or a hang. Most run in
// direct boot, which is quick; what an adapter has a part in runs under UEFI, too.
#include <elf.h>
#include <gtest/gtest.h>

#include <cstring>
#include <functional>

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

/// The kernel with its program headers changed.
std::string kernel_with(const std::function<void(Elf64_Phdr* headers)>& change) {
    std::string bytes = contents(kernel());
    Elf64_Ehdr header;
    std::memcpy(&header, bytes.data(), sizeof header);
    std::vector<Elf64_Phdr> headers(header.e_phnum);
    std::memcpy(headers.data(), &bytes[header.e_phoff], header.e_phnum * sizeof headers[0]);
    change(headers.data());
    std::memcpy(&bytes[header.e_phoff], headers.data(), header.e_phnum * sizeof headers[0]);
    return bytes;
}

TEST(WrongInput, segments_that_overlap_are_refused) {
    expect_loader_error(configuration, kernel_with([](auto* headers) { headers[1].p_vaddr = headers[0].p_vaddr; }),
                        "two segments of the executable overlap");
}

TEST(WrongInput, a_segment_that_leaves_the_address_space_is_refused) {
    expect_loader_error(configuration, kernel_with([](auto* headers) { headers[0].p_memsz = ~std::uint64_t{0}; }),
                        "a segment reaches beyond the end of the address space");
}

TEST(WrongInput, a_fixed_executable_in_the_lower_half_is_refused) {
    expect_loader_error(configuration, kernel_with([](auto* headers) { headers[0].p_vaddr = 0x100000; }), "the e");
}

TEST(WrongInput, text_instead_of_an_executable_is_refused) {
    expect_loader_error(configuration, std::string(100'000, 'x'), "the executable is not an ELF file");
}

TEST(WrongInput, a_hash_that_differs_is_refused) {
    const std::string hash(128, '0');
    expect_loader_error(std::string(configuration.substr(0, configuration.size() - 1)) + "#" + hash + "\n",
                        contents(kernel()), "the file does not have the hash that it must have");
}

TEST(WrongInput, a_missing_module_is_named) {
    expect_loader_error(std::string(configuration) + "    module_path: boot():/boot/nothing.bin\n", contents(kernel()),
                        "there is no such file: /boot/nothing.bin");
}

TEST(WrongInput, a_path_without_a_resource_is_refused) {
    expect_loader_error("timeout: 0\n/Test\n    protocol: limine\n    path: /boot/kernel.elf\n", contents(kernel()),
                        "/boot/kernel.elf");
}

TEST(WrongInput, bytes_instead_of_a_configuration_are_refused) {
    expect_loader_error(std::string_view("\x7f\x45\x4c\x46\0\0\0\0", 8), contents(kernel()),
                        "a zero byte in the configuration, so this is not text, in line");
}

}  // namespace
}  // namespace lintel::end_to_end
