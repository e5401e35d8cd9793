// What the TPM is told of an executable and its modules, in which order and under which names.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "boot_fixture.hpp"

namespace lintel::loader {
namespace {

using Measured = FakeFirmware::Measured;

/// A kernel with a command line and two modules, on a machine with a TPM.
class MeasuredBoot : public Boot {
protected:
    MeasuredBoot() {
        firmware.has_tpm = true;
        plan.measured = true;
        plan.name = "boot():/boot/kernel";
        plan.command_line = "one two";
        plan.modules = modules_;
        volume.add("/a", bytes_of({1}));
        volume.add("/b", bytes_of({2, 3}));
    }

    static std::string text_of(std::vector<std::byte> bytes) { return std::string(as_text(bytes)); }

private:
    std::array<Module, 2> modules_ = {Module{.path = "/a", .string = "first", .name = "boot():/a"},
                                      Module{.path = "/b", .string = "", .name = "hdd(1:2):/b"}};
};

TEST_F(MeasuredBoot, names_go_to_register_8_and_contents_to_register_9_in_the_configurations_order) {
    ask(limine::Modules::id);
    boot_or_fail();
    const std::vector<Measured> expected = {
        {8, "one two", "cmdline: one two"},
        {8, "boot():/boot/kernel", "path: boot():/boot/kernel"},
        {9, text_of(kernel()), "path: boot():/boot/kernel"},
        {8, "boot():/a", "module_path: boot():/a"},
        {9, text_of(bytes_of({1})), "module_path: boot():/a"},
        {8, "hdd(1:2):/b", "module_path: hdd(1:2):/b"},
        {9, text_of(bytes_of({2, 3})), "module_path: hdd(1:2):/b"},
    };
    EXPECT_EQ(firmware.measured, expected);
}

TEST_F(MeasuredBoot, leaves_out_modules_that_nobody_asks_for_and_that_are_not_loaded) {
    boot_or_fail();
    EXPECT_EQ(firmware.measured.size(), 3U);
}

TEST_F(MeasuredBoot, is_over_when_the_event_log_is_taken) {
    ask(limine::Modules::id);
    boot_or_fail();
    EXPECT_EQ(firmware.measured_when_told, firmware.measured.size());
}

TEST_F(MeasuredBoot, that_the_tpm_refuses_is_no_boot) {
    firmware.has_tpm = false;
    auto result = boot();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().text, "there is no TPM");
}

TEST_F(MeasuredBoot, that_nobody_wants_leaves_the_tpm_alone) {
    plan.measured = false;
    ask(limine::Modules::id);
    boot_or_fail();
    EXPECT_TRUE(firmware.measured.empty());
}

}  // namespace
}  // namespace lintel::loader
