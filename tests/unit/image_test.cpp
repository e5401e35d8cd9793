// Images from made-up files: what is refused before a tool sees it, and what the result consists of.
#include "runner/image/image.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "runner/image/staging.hpp"
#include "runner/image/tools.hpp"

namespace lintel::runner {
namespace {

class Images : public testing::Test {
protected:
    Images() : folder_(*TemporaryFolder::make()) {
        ::unsetenv("SOURCE_DATE_EPOCH");
        inputs.volume = {.configuration = add("conf", "timeout: 0\n/A\n"), .kernel = add("kernel", "no ELF")};
        inputs.loader = {LintelLoader{add("loader.efi", std::string(2000, 'L'))}, ""};
    }
    fs::path add(const fs::path& name, std::string_view text) {
        EXPECT_TRUE(make_folders((root() / name).parent_path()));
        EXPECT_TRUE(write_file(root() / name, text));
        return root() / name;
    }
    std::string refusal_of(ImageType type) {
        inputs.type = type;
        auto made = make_image(inputs, root() / "out");
        EXPECT_FALSE(made);
        EXPECT_FALSE(fs::exists(root() / "out"));
        return made ? "" : made.error().sentence;
    }
    [[nodiscard]] const fs::path& root() const { return folder_.path(); }

    ImageInputs inputs{};

private:
    TemporaryFolder folder_;
};

TEST_F(Images, an_esp_folder_holds_the_volume_and_the_loader_and_nothing_else) {
    add("more/a b/c.txt", "c");
    inputs.type = ImageType::esp;
    inputs.volume.others = *files_below(root() / "more");
    ASSERT_TRUE(make_image(inputs, root() / "out"));
    std::string names;
    for (const StagedFolder& folder : *folders_of(root() / "out"))
        for (const fs::path& file : folder.files) names += file.string() + "\n";
    EXPECT_EQ(names, "EFI/BOOT/BOOTX64.EFI\na b/c.txt\nboot/kernel.elf\nboot/limine/limine.conf\n");
    EXPECT_EQ(*read_file(root() / "out/boot/kernel.elf", ""), "no ELF");
}

TEST_F(Images, an_esp_folder_never_replaces_one_that_holds_something) {
    add("out/precious", "p");
    inputs.type = ImageType::esp;
    auto made = make_image(inputs, root() / "out");
    ASSERT_FALSE(made);
    EXPECT_TRUE(made.error().sentence.contains("is there already; remove it")) << made.error().sentence;
    EXPECT_EQ(*read_file(root() / "out/precious", ""), "p");
}

TEST_F(Images, names_that_fat_does_not_have_are_refused_where_the_volume_is_fat) {
    inputs.volume.others = {{"a/what?", add("x", "x")}};
    for (ImageType type : {ImageType::disk, ImageType::esp})
        EXPECT_EQ(refusal_of(type), "a FAT volume cannot hold the name what?; rename it, or make an ISO");
    inputs.volume.others = {{"README", add("x", "x")}, {"readme", add("y", "y")}};
    for (ImageType type : {ImageType::disk, ImageType::esp})
        EXPECT_EQ(refusal_of(type), "README and readme are one name on a FAT volume; rename one, or make an ISO");
    inputs.type = ImageType::iso;
    EXPECT_TRUE(make_image(inputs, root() / "out"));
}

TEST_F(Images, two_sources_for_one_name_are_refused) {
    for (const char* name : {"boot/kernel.elf", "boot/limine/limine.conf", "EFI/BOOT/BOOTX64.EFI"}) {
        inputs.volume.others = {{name, add("x", "x")}};
        EXPECT_EQ(refusal_of(ImageType::iso), "two files for the image have the name " + std::string(name));
    }
}

TEST_F(Images, verifying_names_the_first_byte_that_differs) {
    for (ImageType type : {ImageType::iso, ImageType::disk}) {
        inputs.type = type;
        ASSERT_TRUE(make_image(inputs, root() / "out"));
        EXPECT_TRUE(verify_image(inputs, root() / "out"));
        std::string bytes = *read_file(root() / "out", "");
        ++bytes[70000];
        ASSERT_TRUE(write_file(root() / "out", bytes));
        auto verified = verify_image(inputs, root() / "out");
        ASSERT_FALSE(verified);
        EXPECT_TRUE(verified.error().sentence.ends_with("differs from byte 70000 on")) << verified.error().sentence;
    }
}

TEST_F(Images, a_disk_has_other_guids_only_when_it_holds_something_else) {
    inputs.type = ImageType::disk;
    auto guid = [&](const char* name) {
        EXPECT_TRUE(make_image(inputs, root() / name));
        // UEFI 2.10, table 5-5: the disk's GUID stands 56 bytes into the header, which is in the second sector.
        return read_file(root() / name, "")->substr(512 + 56, 16);
    };
    const std::string first = guid("one");
    EXPECT_EQ(first, guid("two"));
    add("kernel", "another");
    EXPECT_NE(first, guid("three"));
}

TEST_F(Images, every_date_is_the_one_that_source_date_epoch_names) {
    inputs.type = ImageType::esp;
    ::setenv("SOURCE_DATE_EPOCH", "1000000000", 1);
    EXPECT_TRUE(make_image(inputs, root() / "out"));
    EXPECT_EQ(fs::last_write_time(root() / "out/boot/kernel.elf"), fs::last_write_time(root() / "out/EFI"));
    EXPECT_EQ(xorriso_date(*image_date()), "2001090901464000");
    ::setenv("SOURCE_DATE_EPOCH", "0", 1);
    EXPECT_EQ(xorriso_date(*image_date()), "1980010100000000");
    fs::remove_all(root() / "out");
    ::setenv("SOURCE_DATE_EPOCH", "yesterday", 1);
    EXPECT_EQ(refusal_of(ImageType::iso), "SOURCE_DATE_EPOCH=yesterday is no number of seconds from 1970 to 2107");
    ::unsetenv("SOURCE_DATE_EPOCH");
}

TEST_F(Images, files_come_from_a_folder_of_regular_files_only) {
    EXPECT_EQ(files_below(root() / "none").error().sentence, "there is no folder " + (root() / "none").string());
    add("more/file", "x");
    fs::create_symlink("/dev/null", root() / "more/null");
    EXPECT_TRUE(files_below(root() / "more").error().sentence.ends_with("null is no regular file"));
}

}  // namespace
}  // namespace lintel::runner
