// What Limine's paths may look like.
#include "loader/core/path.hpp"

#include <gtest/gtest.h>

#include <string>

namespace lintel::loader {
namespace {

std::string why(std::string_view text) {
    auto path = parse_path(text);
    return path ? "" : std::string(path.error().text);
}

TEST(Path, a_path_on_the_boot_volume_is_what_follows_the_colon) {
    EXPECT_EQ(parse_path("boot():/boot/kernel.elf").value().path, "/boot/kernel.elf");
    EXPECT_EQ(parse_path("boot():/").value().path, "/");
}

TEST(Path, names_may_hold_parentheses_and_colons) {
    EXPECT_EQ(parse_path("boot():/a (b):/c").value().path, "/a (b):/c");
}

TEST(Path, every_piece_of_a_full_path_is_found) {
    std::string hash(128, 'a');
    std::string text = "$hdd(3:1):/initrd.gz#" + hash;
    auto path = parse_path(text);
    ASSERT_TRUE(path);
    EXPECT_TRUE(path->gzip);
    EXPECT_EQ(path->resource, Resource::hdd);
    EXPECT_EQ(path->argument, "3:1");
    EXPECT_EQ(path->drive, 3U);
    EXPECT_EQ(path->partition, 1U);
    EXPECT_EQ(path->path, "/initrd.gz");
    EXPECT_EQ(path->hash, hash);
}

TEST(Path, every_documented_resource_is_understood) {
    EXPECT_EQ(parse_path("boot(2):/x")->resource, Resource::boot);
    EXPECT_EQ(parse_path("hdd(2:):/x")->resource, Resource::hdd);
    EXPECT_EQ(parse_path("odd(1:5):/x")->resource, Resource::odd);
    EXPECT_EQ(parse_path("guid(736b5698-5ae1-4dff-be2c-ef8f44a61c52):/x")->resource, Resource::guid);
    EXPECT_EQ(parse_path("uuid(736B5698-5AE1-4DFF-BE2C-EF8F44A61C52):/x")->resource, Resource::guid);
    EXPECT_EQ(parse_path("fslabel(MY DISK):/x")->resource, Resource::fslabel);
    EXPECT_EQ(parse_path("tftp():/x")->resource, Resource::tftp);
    EXPECT_EQ(parse_path("tftp(10.0.2.2):/x")->resource, Resource::tftp);
}

TEST(Path, an_argument_of_the_wrong_form_is_malformed) {
    for (const char* text :
         {"boot(0):/x", "boot(a):/x", "boot(-1):/x", "hdd():/x", "hdd(1):/x", "hdd(0:1):/x", "hdd(1:0):/x",
          "odd(:1):/x", "hdd(4294967296:1):/x", "boot(4294967297):/x", "guid(12):/x", "guid():/x", "fslabel():/x",
          "guid(736b5698-5ae1-4dff-be2c-ef8f44a61c5g):/x", "uuid(736b56985ae1-4dff-be2c-ef8f44a61c52-):/x"})
        EXPECT_EQ(why(text), "the argument in the parentheses does not suit this path's resource") << text;
}

TEST(Path, what_has_not_the_form_of_a_path_is_malformed) {
    for (const char* text : {"", "$", "/kernel.elf", "boot:///kernel.elf", "boot()", "boot():", "boot():kernel.elf",
                             "boot()/kernel.elf", "boot(:/kernel.elf", "):/boot("}) {
        auto path = parse_path(text);
        ASSERT_FALSE(path) << text;
        EXPECT_EQ(path.error().code, ErrorCode::malformed) << text;
        EXPECT_EQ(path.error().text, "a path has the form resource(argument):/path, not") << text;
        EXPECT_EQ(path.error().subject, text);
    }
}

TEST(Path, an_unknown_resource_is_malformed) {
    EXPECT_EQ(why("floppy(1):/x"), "a path starts with boot, hdd, odd, guid, uuid, fslabel or tftp, not");
    EXPECT_EQ(why("BOOT():/x"), "a path starts with boot, hdd, odd, guid, uuid, fslabel or tftp, not");
}

TEST(Path, a_hash_has_one_of_three_lengths) {
    for (std::size_t length : {64U, 128U, 256U})
        EXPECT_EQ(parse_path("boot():/x#" + std::string(length, 'F')).value().hash.size(), length);
    for (std::size_t length : {0U, 1U, 63U, 65U, 127U, 129U, 257U})
        EXPECT_FALSE(parse_path("boot():/x#" + std::string(length, 'F'))) << length;
    EXPECT_FALSE(parse_path("boot():/x#" + std::string(64, 'g')));
}

TEST(Path, a_dollar_asks_for_decompression) {
    EXPECT_TRUE(parse_path("$boot():/x").value().gzip);
    EXPECT_FALSE(parse_path("boot():/x").value().gzip);
}

}  // namespace
}  // namespace lintel::loader
