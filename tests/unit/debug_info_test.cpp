// What the runner reads from ELF and DWARF: of this program itself, whose lines the tests know, and of the kernel.
#include "runner/debug_info/debug_info.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <random>

#include "runner/debug_info/names.hpp"

extern "C" const char __ehdr_start;  // the linker's: where this program's file begins in memory
extern "C" const int debug_info_test_variable;
constexpr unsigned variable_line = __LINE__ + 1;
const int debug_info_test_variable = 4;

namespace lintel::runner {
namespace {

/// Where it was called from.
[[gnu::noinline]] std::uint64_t return_address() { return std::bit_cast<std::uint64_t>(__builtin_return_address(0)); }

constexpr unsigned inner_line = __LINE__ + 1;
[[gnu::always_inline]] inline std::uint64_t inner() { return return_address() - 1; }
constexpr unsigned outer_line = __LINE__ + 1;
[[gnu::noinline]] std::uint64_t outer() { return inner() + 0; }

std::uint64_t linked(std::uint64_t address) { return address - std::bit_cast<std::uint64_t>(&__ehdr_start); }

DebugInfo of_this_program() {
    auto info = DebugInfo::open("/proc/self/exe");
    if (!info) throw std::runtime_error(info.error().sentence);
    return std::move(*info);
}

TEST(DebugInfo, an_address_has_its_function_file_and_line_and_those_it_was_inlined_into) {
    const DebugInfo info = of_this_program();
    const Place place = info.place(linked(outer()));
    ASSERT_EQ(place.frames.size(), 2U);
    EXPECT_EQ(place.frames[0].function, "lintel::runner::(anonymous namespace)::inner");
    EXPECT_EQ(place.frames[0].source.line, inner_line);
    EXPECT_EQ(place.frames[0].source.file.filename(), "debug_info_test.cpp");
    EXPECT_EQ(place.frames[1].function, "lintel::runner::(anonymous namespace)::outer");
    EXPECT_EQ(place.frames[1].source.line, outer_line);
    EXPECT_EQ(place.symbol, "lintel::runner::(anonymous namespace)::outer");
    EXPECT_TRUE(place.in_code);
    auto text = text_of(place.source());
    ASSERT_TRUE(text);
    EXPECT_TRUE(text->starts_with("[[gnu::always_inline]] inline std::uint64_t inner()")) << *text;
}

TEST(DebugInfo, a_slide_moves_every_address) {
    DebugInfo info = of_this_program();
    const std::uint64_t address = linked(outer());
    const auto entry = info.entry();
    const auto first = info.segments().front();
    info.set_slide(0xffffffff90000000);
    EXPECT_EQ(info.place(address + 0xffffffff90000000).source().line, inner_line);
    EXPECT_FALSE(info.place(address).known());
    EXPECT_EQ(info.entry(), entry + 0xffffffff90000000);
    EXPECT_EQ(info.segments().front().begin, first.begin + 0xffffffff90000000);
}

TEST(DebugInfo, a_variable_has_its_line) {
    const DebugInfo info = of_this_program();
    const auto address = info.find("debug_info_test_variable");
    ASSERT_TRUE(address);
    EXPECT_EQ(*address, linked(std::bit_cast<std::uint64_t>(&debug_info_test_variable)));
    const auto source = info.variable(*address);
    ASSERT_TRUE(source);
    EXPECT_EQ(source->file.filename(), "debug_info_test.cpp");
    EXPECT_EQ(source->line, variable_line);
    EXPECT_FALSE(info.variable(1));
}

TEST(DebugInfo, of_a_kernel_has_its_entry_segments_and_bytes) {
    auto info = DebugInfo::open(LINTEL_KERNEL);
    ASSERT_TRUE(info) << info.error().sentence;
    EXPECT_FALSE(info->relocatable());
    EXPECT_EQ(info->find("kernel_main"), info->entry());
    const Place place = info->place(info->entry());
    EXPECT_EQ(place.function(), "kernel_main");
    EXPECT_TRUE(place.source().file.string().ends_with("kernel/main.cpp")) << place.source().file;
    EXPECT_EQ(describe(place), fmt::format("kernel_main at {}:{}", place.source().file.string(), place.source().line));
    EXPECT_EQ(info->section(info->entry()), ".text");
    EXPECT_EQ(info->bytes(info->entry(), 4).size(), 4U);
    EXPECT_EQ(info->segments().size(), 4U);
    EXPECT_FALSE(info->place(0).known());
    EXPECT_FALSE(info->place(UINT64_MAX).known());
    EXPECT_FALSE(info->find("no such symbol"));
}

TEST(DebugInfo, what_is_no_elf_is_refused_with_a_sentence) {
    auto folder = TemporaryFolder::make();
    ASSERT_TRUE(folder);
    const fs::path file = folder->path() / "kernel.elf";
    for (const char* bytes : {"", "\x7f", "nonsense, and more of it than an ELF header needs, so that it is read"}) {
        ASSERT_TRUE(write_file(file, bytes));
        auto info = DebugInfo::open(file);
        ASSERT_FALSE(info);
        EXPECT_EQ(info.error().sentence, file.string() + " is no 64-bit little-endian ELF file");
    }
    EXPECT_FALSE(DebugInfo::open(folder->path() / "nowhere"));
}

/// Asks everything there is.
void ask(const fs::path& file) {
    auto info = DebugInfo::open(file);
    if (!info) return;
    for (const Segment& segment : info->segments())
        for (std::uint64_t part = 0; part < 16; ++part) {
            const std::uint64_t address = segment.begin + (segment.end - segment.begin) / 16 * part;
            [[maybe_unused]] auto description = describe(info->place(address));
            [[maybe_unused]] auto line = text_of(info->place(address).source());
            [[maybe_unused]] auto bytes = info->bytes(address, 64);
        }
    [[maybe_unused]] auto variable = info->variable(info->entry());
}

TEST(DebugInfo, a_broken_file_does_no_harm) {
    auto folder = TemporaryFolder::make();
    ASSERT_TRUE(folder);
    const fs::path file = folder->path() / "kernel.elf";
    const std::string whole = read_file(LINTEL_KERNEL, "").value();
    for (std::size_t part = 0; part < 64; ++part) {
        ASSERT_TRUE(write_file(file, whole.substr(0, whole.size() / 64 * part)));
        ask(file);
    }
    std::minstd_rand random(1);  // the same each time
    for (int round = 0; round < 150; ++round) {
        std::string bytes = whole;
        for (int count = 0; count < 1 << round % 12; ++count)
            bytes[random() % bytes.size()] = static_cast<char>(random());
        for (int count = 0; count < round % 4; ++count) bytes[random() % 1024] = static_cast<char>(random());
        ASSERT_TRUE(write_file(file, bytes));
        ask(file);
    }
}

TEST(Names, are_short_enough_to_read) {
    EXPECT_EQ(readable_name("kernel_main"), "kernel_main");
    EXPECT_EQ(readable_name("_ZN6lintel8hlt_loopEv"), "lintel::hlt_loop");
    EXPECT_EQ(readable_name("_ZN6lintel12_GLOBAL__N_15printEiPKc"), "lintel::(anonymous namespace)::print");
    EXPECT_EQ(readable_name("_ZNSt6vectorIiSaIiEE9push_backEOi"), "std::vector::push_back");
    EXPECT_EQ(readable_name("_ZStneIcEbRKT_S2_"), "std::operator!=");
    EXPECT_EQ(readable_name("_ZlsRSoi"), "operator<<");
    EXPECT_EQ(readable_name("_ZNK1AclEi"), "A::operator()");
    EXPECT_EQ(readable_name("_ZZ4mainENKUlvE_clEv"), "main::{lambda}::operator()");
    EXPECT_EQ(readable_name("_ZN6kernel4main17h0123456789abcdefE"), "kernel::main");
    EXPECT_EQ(readable_name("_ZN"), "_ZN");
}

}  // namespace
}  // namespace lintel::runner
