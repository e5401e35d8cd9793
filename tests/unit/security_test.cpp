// What Secure Boot and an enrolled hash make of the options, and of files without a hash of their own.
#include "loader/core/security.hpp"

#include <gtest/gtest.h>

#include "boot_fixture.hpp"

namespace lintel::loader {
namespace {

GlobalOptions options_under(Security security, GlobalOptions options = {}) {
    tighten(options, security);
    return options;
}

TEST(Security, is_strict_where_secure_boot_meets_an_enrolled_hash_alone) {
    EXPECT_EQ(security_of(true, true), Security::strict);
    EXPECT_EQ(security_of(false, true), Security::enrolled);
    EXPECT_EQ(security_of(true, false), Security::open);
    EXPECT_EQ(security_of(false, false), Security::open);
}

TEST(Security, leaves_the_editor_to_the_configuration_unless_it_is_strict) {
    for (bool wish : {false, true}) {
        EXPECT_EQ(options_under(Security::open, {.editor_enabled = wish}).editor_enabled, wish);
        EXPECT_EQ(options_under(Security::enrolled, {.editor_enabled = wish}).editor_enabled, wish);
        EXPECT_EQ(options_under(Security::strict, {.editor_enabled = wish}).editor_enabled, false);
    }
}

TEST(Security, has_an_editor_by_itself_only_where_it_is_open) {
    EXPECT_EQ(options_under(Security::open).editor_enabled, true);
    EXPECT_EQ(options_under(Security::enrolled).editor_enabled, false);
    EXPECT_EQ(options_under(Security::strict).editor_enabled, false);
}

TEST(Security, makes_a_wrong_hash_an_error_where_it_is_strict_whatever_the_configuration_says) {
    GlobalOptions lenient{.hash_mismatch_panic = false};
    EXPECT_FALSE(options_under(Security::open, lenient).hash_mismatch_panic);
    EXPECT_FALSE(options_under(Security::enrolled, lenient).hash_mismatch_panic);
    EXPECT_TRUE(options_under(Security::strict, lenient).hash_mismatch_panic);
}

TEST(Security, measures_where_it_is_strict_whatever_the_configuration_says) {
    EXPECT_FALSE(options_under(Security::open).measured_boot);
    EXPECT_FALSE(options_under(Security::enrolled).measured_boot);
    EXPECT_TRUE(options_under(Security::open, {.measured_boot = true}).measured_boot);
    EXPECT_TRUE(options_under(Security::strict).measured_boot);
}

/// A kernel with its hash, started by a loader that refuses files without one.
class HashesOnly : public Boot {
protected:
    HashesOnly() { plan.unhashed = Unhashed::refuse; }

    static std::vector<std::byte> contents() {
        const Bytes bytes = as_bytes(std::string_view("contents"));
        return {bytes.begin(), bytes.end()};
    }

    std::string started_or_refused() {
        kernel_hash = hexadecimal(blake2b(kernel()));
        if (vouch_for_kernel) plan.hash = kernel_hash;
        auto result = boot();
        return result ? "started" : std::string(result.error().text) + ": " + std::string(result.error().subject);
    }

    static constexpr std::string_view refusal =
        "under Secure Boot, with a hash enrolled, a file's path has to end in '#' and its hash: ";
    bool vouch_for_kernel = true;
    std::string kernel_hash;
};

TEST_F(HashesOnly, start_an_executable_with_its_hash) { EXPECT_EQ(started_or_refused(), "started"); }

TEST_F(HashesOnly, refuse_an_executable_without_one) {
    vouch_for_kernel = false;
    EXPECT_EQ(started_or_refused(), std::string(refusal) + "/boot/kernel");
}

TEST_F(HashesOnly, refuse_a_module_without_one) {
    volume.add("/a", contents());
    const std::array modules = {Module{.path = "/a", .string = {}}};
    plan.modules = modules;
    ask(limine::Modules::id);
    EXPECT_EQ(started_or_refused(), std::string(refusal) + "/a");
}

TEST_F(HashesOnly, load_a_module_with_its_hash) {
    volume.add("/a", contents());
    const std::string hash = hexadecimal(blake2b(contents()));
    const std::array modules = {Module{.path = "/a", .string = {}, .hash = hash}};
    plan.modules = modules;
    ask(limine::Modules::id);
    EXPECT_EQ(started_or_refused(), "started");
}

TEST_F(HashesOnly, refuse_an_internal_module_without_one) {
    volume.add("/boot/a", contents());
    const std::uint64_t path = place_text("a"), string = place_text("");
    const std::uint64_t module = next_address();
    data.insert(data.end(), {path, string, 0});
    const std::uint64_t list = next_address();
    data.push_back(module);
    ask(limine::Modules::id, {1, list}, 1);
    EXPECT_EQ(started_or_refused(), std::string(refusal) + "a");
}

}  // namespace
}  // namespace lintel::loader
