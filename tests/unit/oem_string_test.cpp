// SMBIOS structures: the text that a machine supplies to whoever knows its prefix.
#include <gtest/gtest.h>

#include <string>

#include "loader/core/smbios.hpp"

namespace lintel::loader {
namespace {

using namespace std::string_literals;

/// A structure of that type with these strings, each of which ends with a zero.
std::string structure(char type, const std::string& strings) { return std::string{type, 5, 0, 0, 1} + strings + "\0"s; }

std::string found(const std::string& table) {
    const std::vector<char> exact(table.begin(), table.end());  // so that a read beyond the end is seen
    auto text = find_oem_string(std::as_bytes(std::span(exact)), "limine:config:");
    return text ? std::string(*text) : "nothing";
}

const std::string supplied = structure(11, "limine:config:/a\nb: c\0"s);
const std::string end = structure(127, "\0"s);

TEST(OemString, is_found_behind_other_structures) {
    const std::string others = structure(0, "BIOS\0vendor\0"s) + structure(1, "\0"s) + structure(11, "another\0"s);
    EXPECT_EQ(found(others + supplied + end), "/a\nb: c");
    EXPECT_EQ(found(supplied), "/a\nb: c") << "even where the table's end is not marked";
}

TEST(OemString, counts_only_as_a_structures_first_string) {
    EXPECT_EQ(found(structure(11, "one\0limine:config:two\0"s) + end), "nothing");
}

TEST(OemString, counts_only_in_its_own_type) {
    EXPECT_EQ(found(structure(12, "limine:config:x\0"s) + end), "nothing");
    EXPECT_EQ(found(end + supplied), "nothing") << "nothing counts behind the table's end";
}

TEST(OemString, is_not_looked_for_in_a_table_that_makes_no_sense) {
    EXPECT_EQ(found(""), "nothing");
    EXPECT_EQ(found("\x0b"), "nothing");
    EXPECT_EQ(found("\x0b\0\0\0"s + supplied), "nothing") << "a structure of no length";
    EXPECT_EQ(found("\x0b\xff\0\0\0\0"s), "nothing") << "a structure longer than the table";
    for (std::size_t size = 0; size < supplied.size(); ++size) EXPECT_EQ(found(supplied.substr(0, size)), "nothing");
}

}  // namespace
}  // namespace lintel::loader
