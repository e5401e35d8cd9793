// What makes prepare() give up.
// Invariant: each reason is one sentence that names the thing.
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "boot_fixture.hpp"
#include "loader/core/modules.hpp"

namespace lintel::loader {
namespace {

/// Why a boot was refused: the sentence and its subject.
class RefusedBoot : public Boot {
protected:
    std::string refusal() {
        auto result = boot();
        if (result) return "booted";
        std::string sentence(result.error().text);
        if (!result.error().subject.empty()) sentence += ": " + std::string(result.error().subject);
        return sentence;
    }
};

TEST_F(RefusedBoot, for_a_missing_executable) {
    plan.path = "/elsewhere";
    EXPECT_EQ(refusal(), "there is no such file: /elsewhere");
}

TEST_F(RefusedBoot, for_an_executable_that_is_none) {
    plan.path = "/text";
    volume.add("/text", bytes_of({42}));
    EXPECT_EQ(refusal(), "the executable is not an ELF file: /text");
}

TEST_F(RefusedBoot, for_an_unsupported_base_revision) {
    data[2] = 7;
    EXPECT_EQ(refusal(),
              "the executable asks for a base revision above 6, the newest that this loader knows: /boot/kernel");
}

TEST_F(RefusedBoot, for_five_levels_on_a_processor_with_four) {
    ask(paging_mode_id, {1, 1, 1}, 1);
    EXPECT_EQ(refusal(), "the executable insists on more levels of page tables than this processor has");
}

TEST_F(RefusedBoot, for_five_levels_where_the_entry_allows_four) {
    processor.levels.most = arch::Levels::five;
    plan.paging.highest = arch::Levels::four;
    ask(paging_mode_id, {1, 1, 1}, 1);
    EXPECT_EQ(refusal(), "the executable insists on more levels of page tables than the entry allows");
}

TEST_F(RefusedBoot, for_an_entry_that_wants_five_levels_on_a_processor_with_four) {
    plan.paging.lowest = arch::Levels::five;
    ask(paging_mode_id, {1, 1, 0}, 1);
    EXPECT_EQ(refusal(), "the entry insists on more levels of page tables than this processor has");
}

TEST_F(RefusedBoot, for_an_entry_that_wants_five_levels_of_an_executable_that_does_not_ask) {
    processor.levels.most = arch::Levels::five;
    plan.paging.lowest = arch::Levels::five;
    EXPECT_EQ(refusal(), "the entry insists on more levels of page tables than the executable allows");
}

TEST_F(RefusedBoot, for_paging_modes_the_wrong_way_round) {
    ask(paging_mode_id, {0, 0, 1}, 1);
    EXPECT_EQ(refusal(), "the highest paging mode that the executable allows is below the lowest");
}

TEST_F(RefusedBoot, not_for_a_minimum_in_a_request_that_has_none) {
    ask(paging_mode_id, {1, 1, 1}, 0);
    EXPECT_EQ(refusal(), "booted");
}

TEST_F(RefusedBoot, for_an_entry_point_in_data) {
    ask(entry_point_id, {data_base});
    EXPECT_EQ(refusal(), "the entry point that the executable requests lies outside its executable segments");
}

TEST_F(RefusedBoot, for_a_stack_beyond_reason) {
    ask(stack_size_id, {~std::uint64_t{0} - 1});
    EXPECT_EQ(refusal(), "the executable asks for a stack of more than 1 GiB");
}

TEST_F(RefusedBoot, for_a_missing_module) {
    const std::array modules = {Module{"/a", ""}};
    plan.modules = modules;
    ask(limine::Modules::id);
    EXPECT_EQ(refusal(), "there is no such file: /a");
}

/// An executable with one module of its own, whose description a test can break.
class RefusedModule : public RefusedBoot {
protected:
    void ask_for_module(std::string path, std::uint64_t flags) {
        auto path_address = place_text(std::move(path));
        auto string = place_text("");
        std::uint64_t description = next_address();
        data.insert(data.end(), {path_address, string, flags});
        std::uint64_t pointer = next_address();
        data.push_back(description);
        ask(limine::Modules::id, {1, pointer}, 1);
    }
};

TEST_F(RefusedModule, that_is_required_and_missing) {
    ask_for_module("own", limine::internal_module_required);
    EXPECT_EQ(refusal(), "there is no such file: own");
}

TEST_F(RefusedModule, whose_hash_is_none) {
    ask_for_module("own#00", 0);
    EXPECT_EQ(refusal(), "'#' in a module's path comes before a hash of 128 hexadecimal digits: own#00");
}

TEST_F(RefusedModule, that_has_another_hash) {
    volume.add("/boot/own", bytes_of({1}));
    ask_for_module("own#" + std::string(128, '0'), 0);
    EXPECT_EQ(refusal(), "the file does not have the hash that it must have: own");
}

TEST_F(RefusedBoot, for_an_executable_with_another_hash) {
    const std::string hash(128, '0');
    plan.hash = hash;
    EXPECT_EQ(refusal(), "the file does not have the hash that it must have: /boot/kernel");
}

TEST_F(RefusedBoot, for_a_module_with_another_hash) {
    const std::string hash(128, 'f');
    const std::array modules = {Module{"/a", "", hash}};
    plan.modules = modules;
    volume.add("/a", bytes_of({42}));
    ask(limine::Modules::id);
    EXPECT_EQ(refusal(), "the file does not have the hash that it must have: /a");
}

TEST_F(RefusedModule, that_lies_outside_the_volume) {
    ask_for_module("../../own", 0);
    EXPECT_EQ(refusal(), "the module's path leads out of the volume: ../../own");
}

TEST_F(RefusedModule, that_is_described_outside_the_image) {
    for (std::uint64_t pointer : {std::uint64_t{0}, image_base + 0x4ff9, ~std::uint64_t{0}, image_base - 8}) {
        data.resize(3);
        placed.clear();
        ask(limine::Modules::id, {1, pointer}, 1);
        volume = FakeVolume();
        EXPECT_EQ(refusal(), "the executable describes a module outside its own image");
    }
}

TEST_F(RefusedModule, that_has_no_string) {
    auto path = place_text("own");
    std::uint64_t description = next_address();
    data.insert(data.end(), {path, 0, 0});
    std::uint64_t pointer = next_address();
    data.push_back(description);
    ask(limine::Modules::id, {1, pointer}, 1);
    EXPECT_EQ(refusal(), "the executable describes a module outside its own image");
}

TEST_F(RefusedModule, that_comes_with_too_many_others) {
    ask(limine::Modules::id, {~std::uint64_t{0}, data_base}, 1);
    EXPECT_EQ(refusal(), "the executable asks for more than 1024 modules of its own");
}

TEST(PathBeside, is_taken_from_the_files_folder) {
    std::array<char, 32> storage;
    EXPECT_EQ(path_beside("/boot/kernel", "a/b", storage), "/boot/a/b");
    EXPECT_EQ(path_beside("/kernel", "./a//b/.", storage), "/a/b");
    EXPECT_EQ(path_beside("/boot/x/kernel", "../../a", storage), "/a");
    EXPECT_FALSE(path_beside("/boot/kernel", "../../a", storage));
    EXPECT_FALSE(path_beside("/boot/kernel", "a-name-with-far-too-many-letters", storage));
}

}  // namespace
}  // namespace lintel::loader
