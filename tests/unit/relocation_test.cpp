// Executables that are moved, and tables of relocations that lie.
// Invariant: the program under test is linked at 0x10000; its second segment, at 0x11000, holds the words of a test.
#include "loader/core/relocation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

#include "elf_builder.hpp"
#include "fake_processor.hpp"

namespace lintel::loader {
namespace {

using Words = std::vector<std::uint64_t>;

constexpr std::uint64_t linked = 0x10000;
constexpr std::uint64_t data = linked + 0x1000;
constexpr std::uint64_t slide = lowest_executable_address - linked;

/// The word of the data that stands for one half of a relocation or of a symbol.
constexpr std::uint64_t info(std::uint32_t symbol, std::uint32_t type) { return std::uint64_t{symbol} << 32 | type; }
constexpr std::uint64_t symbol_info(unsigned binding, unsigned type, std::uint16_t section) {
    return std::uint64_t{binding << 4 | type} << 32 | std::uint64_t{section} << 48;
}

/// A program with words as its data, and what its dynamic section says.
struct Program {
    explicit Program(const Words& words, const Words& dynamic = {}, std::uint64_t address = linked) {
        ElfBuilder elf(address + 8);
        elf.header.type = elf::type_shared;
        elf.add({address, elf::flag_execute, std::vector<std::byte>(0x40)});
        elf.add({address + 0x1000, elf::flag_write, bytes_of(words), 0x1000});
        elf.add({address + 0x1000, 0, bytes_of(dynamic), 0, elf::segment_dynamic});
        file = elf.build();
        auto parsed = Executable::parse(file);
        EXPECT_TRUE(parsed) << parsed.error().text;
        executable = *parsed;
        executable.move_by(*choose_slide(executable, nullptr));
        image.resize(executable.image_size());
        executable.load(file, image);
    }

    /// What relocate() says.
    std::string relocated() {
        auto status = relocate(executable, image);
        return status ? "relocated" : std::string(status.error().text);
    }

    /// A word of the data.
    [[nodiscard]] std::uint64_t word(std::size_t index) const {
        return *read_at<std::uint64_t>(image, 0x1000 + index * 8);
    }

    std::vector<std::byte> file;
    Executable executable;
    std::vector<std::byte> image;
};

TEST(Relocation, lower_half_executables_are_moved_up_by_no_more_than_needed) {
    Program program({1});
    EXPECT_EQ(program.executable.slide(), slide);
    EXPECT_EQ(program.executable.base().value(), lowest_executable_address);
    EXPECT_EQ(program.executable.entry().value(), lowest_executable_address + 8);
    EXPECT_EQ(program.executable.segments()[1].virt.value(), lowest_executable_address + 0x1000);
    EXPECT_TRUE(program.executable.is_code(program.executable.entry()));
}

TEST(Relocation, executables_that_are_in_place_stay_there) {
    EXPECT_EQ(Program({1}, {}, 0xffffffff90000000).executable.slide(), 0U);
}

TEST(Relocation, relative_relocations_are_moved) {
    // Words 0 to 5: two relocations; 6 and 7: their targets.
    Program program({data + 48, info(0, 8), 0x10010, data + 56, info(0, 8), static_cast<std::uint64_t>(-16), 7, 7},
                    {7, data, 8, 48, 9, 24});
    EXPECT_EQ(program.relocated(), "relocated");
    EXPECT_EQ(program.word(6), slide + 0x10010);
    EXPECT_EQ(program.word(7), slide - 16);
}

TEST(Relocation, compact_relative_relocations_are_moved) {
    // Word 0 names word 3; word 1 the first and the 63rd behind that; word 2 the first behind those.
    Words words(80, 5);
    words[0] = data + 24;
    words[1] = 1 | std::uint64_t{1} << 1 | std::uint64_t{1} << 63;
    words[2] = 1 | std::uint64_t{1} << 1;
    Program program(words, {36, data, 35, 24, 37, 8});
    EXPECT_EQ(program.relocated(), "relocated");
    for (std::size_t i = 3; i < words.size(); ++i) {
        bool named = i == 3 || i == 4 || i == 66 || i == 67;
        EXPECT_EQ(program.word(i), named ? slide + 5 : 5) << i;
    }
}

TEST(Relocation, symbols_are_moved_unless_they_are_absolute_or_missing_and_weak) {
    // Words 0 to 14: relocations; 15 to 29: symbols, of three words each; 30 on: targets.
    Words words{data + 240,
                info(1, 1),
                4,
                data + 248,
                info(1, 6),
                0x99,
                data + 256,
                info(1, 7),
                0x99,
                data + 264,
                info(2, 6),
                0,
                data + 272,
                info(3, 1),
                0,
                0,
                0,
                0,
                symbol_info(1, 0, 5),
                0x10020,
                0,
                symbol_info(2, 0, 0),
                0x777,
                0,
                symbol_info(1, 0, 0xfff1),
                0x1234,
                0,
                0,
                0,
                0,
                8,
                8,
                8,
                8,
                8};
    Program program(words, {7, data, 8, 72, 23, data + 72, 2, 48, 20, 7, 6, data + 120, 11, 24});
    EXPECT_EQ(program.relocated(), "relocated");
    EXPECT_EQ(program.word(30), slide + 0x10024);
    EXPECT_EQ(program.word(31), slide + 0x10020);
    EXPECT_EQ(program.word(32), slide + 0x10020);
    EXPECT_EQ(program.word(33), 0U);
    EXPECT_EQ(program.word(34), 0x1234U);
}

TEST(Relocation, of_an_unknown_type_is_refused_with_its_number) {
    Program program({data, info(0, 37), 0}, {7, data, 8, 24});
    auto status = relocate(program.executable, program.image);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().text, "the executable has a relocation of a type that this loader does not know");
    EXPECT_EQ(status.error().number, 37U);
}

TEST(Relocation, with_a_symbol_that_is_missing_is_refused) {
    Program program({data, info(0, 6), 0, 0, symbol_info(1, 0, 0), 0, 0}, {7, data, 8, 24, 6, data + 24});
    EXPECT_EQ(program.relocated(), "the executable uses a symbol that it does not define");
}

TEST(Relocation, with_a_function_chosen_at_run_time_is_refused) {
    Program program({data, info(0, 6), 0, symbol_info(1, 10, 5), 0, 0}, {7, data, 8, 24, 6, data + 24});
    EXPECT_EQ(program.relocated(), "a relocation names a function that is chosen at run time");
}

TEST(Relocation, with_symbols_elsewhere_is_refused) {
    const auto* sentence = "a relocation names a symbol outside the executable's image";
    Words words{data, info(0xffffffff, 6), 0};
    EXPECT_EQ(Program(words, {7, data, 8, 24, 6, data}).relocated(), sentence);
    EXPECT_EQ(Program(words, {7, data, 8, 24}).relocated(), sentence);
    words[1] = info(0, 6);
    for (std::uint64_t table : {linked - 8, linked + 0x2000 - 16, ~std::uint64_t{0}})
        EXPECT_EQ(Program(words, {7, data, 8, 24, 6, table}).relocated(), sentence) << table;
}

TEST(Relocation, of_something_elsewhere_is_refused) {
    for (std::uint64_t target : {linked - 8, linked + 0x2000 - 7, std::uint64_t{0}, ~std::uint64_t{0}, slide + linked})
        EXPECT_EQ(Program({target, info(0, 8), 0}, {7, data, 8, 24}).relocated(),
                  "a relocation changes something outside the executable's image")
            << target;
    for (std::uint64_t target : {linked - 8, linked + 0x2000 - 6, std::uint64_t{3}})
        EXPECT_EQ(Program({target}, {36, data, 35, 8}).relocated(),
                  "a relocation changes something outside the executable's image")
            << target;
}

TEST(Relocation, tables_elsewhere_are_refused) {
    for (std::uint64_t address : {linked - 8, linked + 0x2000 - 16, ~std::uint64_t{0} - 8})
        EXPECT_EQ(Program({0}, {7, address, 8, 24}).relocated(),
                  "a relocation table lies outside the executable's image");
    EXPECT_EQ(Program({0}, {7, data, 8, ~std::uint64_t{0}}).relocated(),
              "a relocation table lies outside the executable's image");
}

TEST(Relocation, a_table_that_relocates_itself_comes_to_an_end) {
    Words words;
    for (std::uint64_t i = 0; i < 20; ++i) words.insert(words.end(), {data + i * 24 + 24, info(0, 8), 0});
    Program(words, {7, data, 8, words.size() * 8, 36, data, 35, words.size() * 8}).relocated();
}

TEST(Relocation, whatever_the_tables_say_nothing_outside_the_image_is_touched) {
    std::mt19937_64 random(3);
    int relocated = 0;
    for (int round = 0; round < 5000; ++round) {
        Words words(60);
        for (std::uint64_t& word : words) {
            const std::array<std::uint64_t, 6> likely{data + random() % 500,
                                                      info(random() % 4, 8),
                                                      random(),
                                                      info(random() % 30, random() % 9),
                                                      linked + random() % 0x2000,
                                                      0};
            word = likely[random() % likely.size()];
        }
        Program program(words, {7, data + random() % 8 * 8, 8, random() % 72, 36, data + random() % 256, 35,
                                random() % 40, 6, data + random() % 400});
        relocated += program.relocated() == "relocated" ? 1 : 0;
    }
    EXPECT_GT(relocated, 50);
}

TEST(ChooseSlide, with_randomness_lies_in_the_window_and_keeps_the_alignment) {
    FakeProcessor processor;
    processor.random = 1;
    Random random(processor);
    for (std::uint64_t address : {std::uint64_t{0x203000}, 0xffffffff80000000, 0xfffffffffff00000}) {
        ElfBuilder elf(address);
        elf.header.type = elf::type_shared;
        elf.add({address, elf::flag_execute, std::vector<std::byte>(0x10), 0x10000});
        elf.add({address, 0, bytes_of({0, 0}), 0, elf::segment_dynamic});
        auto file = elf.build();
        const std::uint64_t alignment = large_page_size;
        std::memcpy(file.data() + sizeof(elf::Header) + 48, &alignment, sizeof alignment);
        auto executable = *Executable::parse(file);
        std::vector<std::uint64_t> seen;
        for (int i = 0; i < 3000; ++i) {
            std::uint64_t place = address + *choose_slide(executable, &random);
            ASSERT_GE(place, lowest_executable_address);
            ASSERT_LE(place, ~std::uint64_t{0} - large_page_size - 0x10000 + 1);
            ASSERT_EQ(place % alignment, address % alignment);
            seen.push_back(place);
        }
        std::ranges::sort(seen);
        auto end = std::ranges::unique(seen).begin();
        EXPECT_EQ(end - seen.begin(), 1023);
    }
}

TEST(ChooseSlide, leaves_alone_what_cannot_be_moved) {
    FakeProcessor processor;
    Random random(processor);
    ElfBuilder elf(lowest_executable_address);
    elf.add({lowest_executable_address, elf::flag_execute, std::vector<std::byte>(0x10)});
    auto file = elf.build();
    EXPECT_EQ(*choose_slide(*Executable::parse(file), &random), 0U);
}

TEST(ChooseSlide, refuses_what_cannot_fit) {
    ElfBuilder elf(0x3ffff000);
    elf.header.type = elf::type_shared;
    elf.add({0x3ffff000, elf::flag_execute, std::vector<std::byte>(0x10), largest_image - 0x1000});
    elf.add({0x3ffff000, 0, bytes_of({0, 0}), 0, elf::segment_dynamic});
    auto file = elf.build();
    const std::uint64_t alignment = huge_page_size;
    std::memcpy(file.data() + sizeof(elf::Header) + 48, &alignment, sizeof alignment);
    auto slide_chosen = choose_slide(*Executable::parse(file), nullptr);
    ASSERT_FALSE(slide_chosen);
    EXPECT_EQ(slide_chosen.error().text, "the executable does not fit the top 2 GiB with the alignment that it wants");
}

}  // namespace
}  // namespace lintel::loader
