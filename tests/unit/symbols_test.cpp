// Names for addresses, from ELF files good and bad.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/elf.hpp"
#include "kernel/debug/symbols.hpp"

namespace lintel {
namespace {

/// An ELF file with nothing but section headers, symbols and names.
struct File {
    std::vector<elf::Symbol> symbols;
    std::string names = std::string(1, '\0');
    std::vector<std::byte> bytes{};

    void add(const std::string& name, std::uint64_t value, std::uint64_t size, std::uint8_t info = 2,
             std::uint16_t section = 1) {
        symbols.push_back({static_cast<std::uint32_t>(names.size()), info, 0, section, value, size});
        names += name + '\0';
    }

    Bytes make() {
        elf::Header header{};
        std::ranges::copy(elf::magic, header.ident.begin());
        header.section_headers_offset = sizeof(header);
        header.section_header_size = sizeof(elf::SectionHeader);
        header.section_header_count = 3;
        elf::SectionHeader symbol_section{}, name_section{};
        symbol_section.type = 2;
        symbol_section.offset = sizeof(header) + 3 * sizeof(elf::SectionHeader);
        symbol_section.size = symbols.size() * sizeof(elf::Symbol);
        symbol_section.link = 2;
        name_section.type = 3;
        name_section.offset = symbol_section.offset + symbol_section.size;
        name_section.size = names.size();
        bytes.clear();
        auto put = [&](const void* data, std::size_t size) {
            const auto* from = static_cast<const std::byte*>(data);
            bytes.insert(bytes.end(), from, from + size);
        };
        const elf::SectionHeader null{};
        put(&header, sizeof(header));
        put(&null, sizeof(null));
        put(&symbol_section, sizeof(symbol_section));
        put(&name_section, sizeof(name_section));
        put(symbols.data(), symbols.size() * sizeof(elf::Symbol));
        put(names.data(), names.size());
        return bytes;
    }
};

File two_functions() {
    File file;
    file.add("data", 0x1000, 0x100, 1);
    file.add("elsewhere", 0x1000, 0x100, 2, elf::section_undefined);
    file.add("first", 0x1000, 0x10);
    file.add("second", 0x1010, 0x20);
    return file;
}

TEST(Symbols, a_function_owns_its_bytes_and_no_others) {
    File file = two_functions();
    const auto table = SymbolTable::find(file.make());
    ASSERT_TRUE(table);
    EXPECT_FALSE(table->function_at(VirtAddr(0xfff)));
    EXPECT_EQ(table->function_at(VirtAddr(0x1000))->name, "first");
    EXPECT_EQ(table->function_at(VirtAddr(0x100f))->offset, 0xfU);
    EXPECT_EQ(table->function_at(VirtAddr(0x1010))->name, "second");
    EXPECT_EQ(table->function_at(VirtAddr(0x102f))->name, "second");
    EXPECT_FALSE(table->function_at(VirtAddr(0x1030)));
}

TEST(Symbols, a_slide_moves_all_of_them) {
    File file = two_functions();
    const auto table = SymbolTable::find(file.make(), 0x200000);
    ASSERT_TRUE(table);
    EXPECT_EQ(table->function_at(VirtAddr(0x201008))->name, "first");
    EXPECT_FALSE(table->function_at(VirtAddr(0x1008)));
}

TEST(Symbols, every_truncation_of_a_file_is_survived) {
    File file = two_functions();
    const Bytes whole = file.make();
    for (std::size_t length = 0; length < whole.size(); ++length) {
        // A copy of its own, so that reading behind it is seen.
        const std::vector<std::byte> part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
        EXPECT_FALSE(SymbolTable::find(part)) << length;
    }
    EXPECT_TRUE(SymbolTable::find(whole));
}

TEST(Symbols, a_name_without_an_end_is_no_name) {
    File file = two_functions();
    file.names.pop_back();
    const auto table = SymbolTable::find(file.make());
    ASSERT_TRUE(table);
    EXPECT_FALSE(table->function_at(VirtAddr(0x1010)));
    EXPECT_EQ(table->function_at(VirtAddr(0x1000))->name, "first");
}

TEST(Symbols, plain_names_become_readable_and_others_stay_as_they_are) {
    auto readable = [](std::string_view name) { return std::string(readable_name(name).text()); };
    EXPECT_EQ(readable("_ZN6lintel8hlt_loopEv"), "lintel::hlt_loop");
    EXPECT_EQ(readable("_ZN6lintel12_GLOBAL__N_113write_to_nullEv"), "lintel::(anonymous namespace)::write_to_null");
    EXPECT_EQ(readable("_ZNK6lintel6Canvas5widthEv"), "lintel::Canvas::width");
    EXPECT_EQ(readable("_ZN6lintel10ScreenTextC2EPNS_6CanvasE"), "lintel::ScreenText::ScreenText");
    EXPECT_EQ(readable("_ZN3FooD1Ev"), "Foo::~Foo");
    EXPECT_EQ(readable("_ZNSt9exception4whatEv"), "std::exception::what");
    EXPECT_EQ(readable("_Z4mainv"), "main");
    EXPECT_EQ(readable("_ZL6helperi"), "helper");
    EXPECT_EQ(readable("kernel_main"), "kernel_main");
    for (const char* raw : {"_ZN6lintel5printIJmEEEvv", "_ZN", "_ZNE", "_ZN99999lintelE", "_ZN6lin", "_Z3maxIiET_S0_",
                            "_Z", "_ZN18446744073709551616aE"})
        EXPECT_EQ(readable(raw), raw);
}

}  // namespace
}  // namespace lintel
