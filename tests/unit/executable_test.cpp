// ELF files, sound and broken.
// Invariant: every sentence with which Executable::parse() refuses a file has a file here that brings it about.
#include "loader/core/executable.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "elf_builder.hpp"

namespace lintel::loader {
namespace {

using File = std::vector<std::byte>;

constexpr std::uint64_t base = lowest_executable_address;
constexpr std::uint32_t code = elf::flag_read | elf::flag_execute;
constexpr std::uint32_t data = elf::flag_read | elf::flag_write;

ElfBuilder sound() {
    ElfBuilder elf(base + 8);
    elf.add({base, code, File(0x40, std::byte{0xcc})});
    elf.add({base + 0x1000, data, File(0x20, std::byte{0xdd}), 0x1800});
    return elf;
}

/// Overwrites the bytes at `offset`.
template <class T>
void put(File& file, std::size_t offset, T value) {
    std::memcpy(file.data() + offset, &value, sizeof value);
}

std::size_t in_program_header(std::size_t index, std::size_t field) {
    return sizeof(elf::Header) + index * sizeof(elf::ProgramHeader) + field;
}

TEST(Executable, segments_come_with_their_permissions_in_order_of_address) {
    ElfBuilder elf(base + 0x1000);
    elf.add({base + 0x3000, elf::flag_read | elf::flag_write | elf::flag_execute, File(8), 0x2001});
    elf.add({base + 0x2000, elf::flag_read, File(8)});
    elf.add({base + 0x1000, code, File(8)});
    auto executable = Executable::parse(elf.build());
    ASSERT_TRUE(executable) << executable.error().text;
    auto segments = executable->segments();
    ASSERT_EQ(segments.size(), 3U);
    EXPECT_EQ(segments[0].access, arch::Access::read_execute);
    EXPECT_EQ(segments[1].access, arch::Access::read);
    EXPECT_EQ(segments[2].access, arch::Access::read_write_execute);
    EXPECT_EQ(executable->base().value(), base + 0x1000);
    EXPECT_EQ(executable->image_size(), 0x5000U);
    EXPECT_EQ(executable->entry().value(), base + 0x1000);
}

TEST(Executable, loading_copies_each_segments_bytes_to_its_place) {
    File file = sound().build();
    auto executable = Executable::parse(file);
    ASSERT_TRUE(executable);
    File image(executable->image_size());
    executable->load(file, image);
    EXPECT_EQ(std::ranges::count(image, std::byte{0xcc}), 0x40);
    EXPECT_EQ(image[0x3f], std::byte{0xcc});
    EXPECT_EQ(image[0x1000], std::byte{0xdd});
    EXPECT_EQ(image[0x1020], std::byte{0});
}

TEST(Executable, segments_of_one_permission_may_share_a_page) {
    ElfBuilder elf(base);
    elf.add({base, code, File(0x40)});
    elf.add({base + 0x80, code, File(0x40)});
    EXPECT_TRUE(Executable::parse(elf.build()));
}

TEST(Executable, a_shared_object_without_relocations_is_loaded_where_it_asks) {
    ElfBuilder elf = sound();
    elf.header.type = elf::type_shared;
    elf.add({base + 0x1000, data, bytes_of({6, 7, 0, 0}), 0, elf::segment_dynamic});
    EXPECT_TRUE(Executable::parse(elf.build()));
}

struct Defect {
    const char* name;
    const char* sentence;
    std::function<File()> make;
};

File broken(const std::function<void(File&)>& damage) {
    File file = sound().build();
    damage(file);
    return file;
}

template <class T>
std::function<File()> with(std::size_t offset, T value) {
    return [=] { return broken([&](File& file) { put(file, offset, value); }); };
}

std::function<File()> cut_to(std::size_t size) {
    return [=] { return broken([&](File& file) { file.resize(size); }); };
}

std::function<File()> with_segment(ElfBuilder::Segment segment) {
    return [=] { return sound().add(segment).build(); };
}

std::function<File()> with_dynamic(const std::vector<std::uint64_t>& entries) {
    return with_segment({base + 0x1000, data, bytes_of(entries), 0, elf::segment_dynamic});
}

File with_too_many_segments() {
    ElfBuilder elf(base);
    for (std::uint64_t i = 0; i < 33; ++i) elf.add({base + i * 0x1000, code, File(8)});
    return elf.build();
}

constexpr std::size_t offset_field = 8;
constexpr std::size_t address_field = 16;
constexpr std::size_t file_size_field = 32;
constexpr std::size_t memory_size_field = 40;
constexpr std::size_t alignment_field = 48;

const Defect defects[] = {
    {"empty", "the executable is not an ELF file", cut_to(0)},
    {"text", "the executable is not an ELF file", with(0, '#')},
    {"only_magic", "the ELF file ends before its header does", cut_to(4)},
    {"half_header", "the ELF file ends before its header does", cut_to(63)},
    {"bits_32", "the executable is not a 64-bit ELF file", with(elf::ident_class, '\1')},
    {"big_endian", "the executable is not a little-endian ELF file", with(elf::ident_data, '\2')},
    {"aarch64", "the executable is not for x86-64", with<std::uint16_t>(18, 183)},
    {"object_file", "the ELF file is neither an executable nor a shared object", with<std::uint16_t>(16, 1)},
    {"header_size", "the ELF file's program headers have a size that ELF64 does not know", with<std::uint16_t>(54, 32)},
    {"half_program_headers", "the ELF file ends before its program headers do", cut_to(100)},
    {"program_headers_far_away", "the ELF file ends before its program headers do", with(32, ~std::uint64_t{0})},
    {"no_segments", "the executable has no segment to load", with<std::uint16_t>(56, 0)},
    {"more_in_file", "a segment has more bytes in the file than in memory",
     with<std::uint64_t>(in_program_header(0, memory_size_field), 8)},
    {"half_segment", "the ELF file ends before one of its segments does", cut_to(64 + 112 + 0x50)},
    {"segment_far_away", "the ELF file ends before one of its segments does",
     with(in_program_header(0, offset_field), ~std::uint64_t{0})},
    {"wraps_around", "a segment reaches beyond the end of the address space",
     with(in_program_header(1, memory_size_field), ~std::uint64_t{0})},
    {"last_page_wraps", "a segment reaches beyond the end of the address space",
     with_segment({0xfffffffffffff000, data, File(8), 0xfff})},
    {"lower_half", "a segment lies below 0xffffffff80000000, and the executable cannot be moved",
     with<std::uint64_t>(in_program_header(0, address_field), 0x400000)},
    {"overlap", "two segments of the executable overlap", with_segment({base + 0x1010, data, File(8)})},
    {"same_address", "two segments of the executable overlap", with_segment({base, code, File(8)})},
    {"shared_page", "two segments with different permissions share a page",
     with_segment({base + 0x2900, code, File(8)})},
    {"too_large", "the executable's image is larger than 1 GiB",
     with_segment({base + 0x10000, data, File(8), 0x40000000})},
    {"too_many", "the executable has more than 32 segments", with_too_many_segments},
    {"entry_in_data", "the entry point lies outside the executable segments", with(24, base + 0x1000)},
    {"entry_nowhere", "the entry point lies outside the executable segments", with(24, std::uint64_t{0})},
    {"shared_library", "the executable needs a shared library", with_dynamic({1, 24})},
    {"without_addends", "the executable's relocations have a format that x86-64 does not use", with_dynamic({18, 16})},
    {"rela_entries", "the executable's relocations have a format that x86-64 does not use", with_dynamic({9, 16})},
    {"relr_entries", "the executable's relocations have a format that x86-64 does not use", with_dynamic({37, 4})},
    {"symbols", "the executable's relocations have a format that x86-64 does not use", with_dynamic({11, 16})},
    {"procedure_linkage", "the executable's relocations have a format that x86-64 does not use",
     with_dynamic({20, 17})},
    {"odd_alignment", "a segment wants an alignment that is not a power of two",
     with<std::uint64_t>(in_program_header(0, alignment_field), 0x1800)},
    {"huge_alignment", "a segment wants an alignment of more than 1 GiB",
     with<std::uint64_t>(in_program_header(0, alignment_field), std::uint64_t{1} << 31)},
    {"dynamic_far_away", "the ELF file ends before its dynamic section does",
     [] {
         File file = with_segment({base, data, bytes_of({8, 24, 0, 0}), 0, elf::segment_dynamic})();
         put(file, in_program_header(2, file_size_field), std::uint64_t{1} << 40);
         return file;
     }},
};

class BrokenExecutable : public ::testing::TestWithParam<Defect> {};

TEST_P(BrokenExecutable, is_refused_with_its_own_sentence) {
    auto executable = Executable::parse(GetParam().make());
    ASSERT_FALSE(executable);
    EXPECT_EQ(executable.error().text, GetParam().sentence);
}

INSTANTIATE_TEST_SUITE_P(Defects, BrokenExecutable, ::testing::ValuesIn(defects),
                         [](const auto& defect) { return std::string(defect.param.name); });

TEST(Executable, whatever_is_accepted_loads_inside_its_image) {
    std::mt19937_64 random(2);
    int accepted = 0;
    for (int round = 0; round < 20000; ++round) {
        File file = sound().build();
        for (int change = 0; change < 3; ++change)
            file[random() % (sizeof(elf::Header) + 2 * sizeof(elf::ProgramHeader))] =
                static_cast<std::byte>(random() % 4 == 0 ? random() : 0);
        auto executable = Executable::parse(file);
        if (!executable || executable->image_size() > (1 << 20)) continue;
        ++accepted;
        File image(executable->image_size());
        executable->load(file, image);
        EXPECT_TRUE(executable->is_code(executable->entry()));
    }
    EXPECT_GT(accepted, 1000);
}

}  // namespace
}  // namespace lintel::loader
