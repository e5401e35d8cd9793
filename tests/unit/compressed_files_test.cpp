// Files that are stored compressed: the executable finds what they hold, and a hash is that of what is stored.
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "base/blake2b.hpp"
#include "boot_fixture.hpp"
#include "gzip_builder.hpp"

namespace lintel::loader {
namespace {

class CompressedFiles : public Boot {
protected:
    /// Boots with the one module, and gives its contents as the executable sees them; or says why there are none.
    std::string module_or_refusal() {
        const std::array modules = {module};
        plan.modules = modules;
        ask(limine::Modules::id);
        auto result = boot();
        if (!result) return std::string(result.error().text) + ": " + std::string(result.error().subject);
        hand_over = result->hand_over;
        limine::File& file = object(object(response<limine::ModuleResponse>(limine::Modules::id)->modules));
        EXPECT_EQ(text(file.path), "/a.gz");
        auto address = reinterpret_cast<std::uint64_t>(file.address);
        EXPECT_EQ(address % page_size, 0U);
        return {&object<char>(address), file.size};
    }

    Module module{.path = "/a.gz", .string = {}, .gzip = true};
};

TEST_F(CompressedFiles, are_seen_decompressed) {
    volume.add("/a.gz", GzipBuilder("contents").file());
    EXPECT_EQ(module_or_refusal(), "contents");
}

TEST_F(CompressedFiles, are_left_as_they_are_where_nobody_asks) {
    module.gzip = false;
    volume.add("/a.gz", GzipBuilder("contents").file());
    EXPECT_EQ(module_or_refusal(), GzipBuilder("contents").text());
}

TEST_F(CompressedFiles, have_the_hash_of_what_is_stored_without_what_follows_it) {
    auto file = GzipBuilder("contents").file();
    const std::string hash = hexadecimal(blake2b(file));
    file.resize(file.size() + 5);
    volume.add("/a.gz", file);
    module.hash = hash;
    EXPECT_EQ(module_or_refusal(), "contents");
}

TEST_F(CompressedFiles, do_not_have_the_hash_of_what_they_hold) {
    const std::string hash = hexadecimal(blake2b(as_bytes("contents")));
    volume.add("/a.gz", GzipBuilder("contents").file());
    module.hash = hash;
    EXPECT_EQ(module_or_refusal(), "the file does not have the hash that it must have: /a.gz");
}

TEST_F(CompressedFiles, that_are_none_are_refused_by_name) {
    volume.add("/a.gz", bytes_of({1, 2, 3}));
    EXPECT_EQ(module_or_refusal(), "this is no gzip file, which its path says that it is: /a.gz");
}

TEST_F(CompressedFiles, that_hold_more_than_memory_does_are_refused) {
    std::string text(60000, 'x');
    GzipBuilder bomb(text);
    bomb.data.clear();
    while (bomb.data.size() < 2 * FakeFirmware::size / 3) {
        bomb.data += GzipBuilder::stored(text);
        bomb.data[bomb.data.size() - text.size() - 5] = '\0';
        bomb.size += text.size();
    }
    bomb.data += GzipBuilder::stored("");
    bomb.size -= text.size();
    volume.add("/a.gz", bomb.file());
    EXPECT_EQ(module_or_refusal(), "there is no room for what the file holds: /a.gz");
}

TEST_F(CompressedFiles, may_be_the_executable) {
    plan.path = "/a.gz";
    plan.gzip = true;
    auto file = kernel();
    volume.add("/a.gz", GzipBuilder(as_text(file)).file());
    boot_or_fail();
}

TEST_F(CompressedFiles, may_be_the_executables_own_modules) {
    volume.add("/boot/a.gz", GzipBuilder("contents").file());
    auto path = place_text("a.gz"), string = place_text("");
    std::uint64_t description = next_address();
    data.insert(data.end(), {path, string, limine::internal_module_compressed});
    std::uint64_t pointer = next_address();
    data.push_back(description);
    ask(limine::Modules::id, {1, pointer}, 1);
    boot_or_fail();
    auto* answer = response<limine::ModuleResponse>(limine::Modules::id);
    ASSERT_NE(answer, nullptr);
    EXPECT_EQ(answer->revision, 2U) << "which says that the flag is known";
    EXPECT_EQ(object(object(answer->modules)).size, 8U);
}

}  // namespace
}  // namespace lintel::loader
