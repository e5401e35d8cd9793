// The whole way from a file on a volume to a hand-over, on a machine made of a buffer.
// Invariant: what the kernel would read is read as it would: from its own addresses, through its page tables.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "boot_fixture.hpp"
#include "firmware_tables.hpp"
#include "loader/core/memory_map.hpp"
#include "loader/core/requests.hpp"

namespace lintel::loader {
namespace {

constexpr std::uint64_t present_writable_no_execute = 0x8000000000000003;

TEST_F(Boot, segments_are_mapped_with_their_own_permissions) {
    ask(limine::ExecutableAddress::id);
    boot_or_fail();
    auto* address = response<limine::ExecutableAddressResponse>(limine::ExecutableAddress::id);
    ASSERT_NE(address, nullptr);
    EXPECT_EQ(address->virtual_base, image_base);

    auto code = walk(image_base);
    auto constants = walk(image_base + 0x1000);
    auto variables = walk(image_base + 0x4ff8);
    ASSERT_TRUE(code && constants && variables);
    EXPECT_EQ(code->flags & present_writable_no_execute, 1U);
    EXPECT_EQ(constants->flags & present_writable_no_execute, 0x8000000000000001U);
    EXPECT_EQ(variables->flags & present_writable_no_execute, 0x8000000000000003U);
    EXPECT_EQ(code->phys, address->physical_base);
    EXPECT_EQ(variables->phys, address->physical_base + 0x4ff8);
    EXPECT_FALSE(walk(image_base + 0x5000));
    EXPECT_EQ(hand_over.entry.value(), image_base + 0x10);
    EXPECT_EQ(object<std::uint64_t>(image_base + 0x1008), 2U);
    EXPECT_EQ(object<std::uint64_t>(image_base + 0x4ff8), 0U);
}

TEST_F(Boot, a_relocatable_executable_is_told_and_mapped_where_it_was_moved_to) {
    processor.random = 5;
    plan.kaslr = true;
    type = elf::type_shared;
    ask(limine::ExecutableAddress::id);
    boot_or_fail();
    // The fake generator's number is how many pages further up.
    std::uint64_t moved = 5 * page_size;
    EXPECT_EQ(hand_over.entry.value(), image_base + moved + 0x10);
    EXPECT_FALSE(walk(image_base));
    auto response_address = object<std::uint64_t>(data_base + moved + (placed[0].word + 5) * 8);
    EXPECT_EQ(object<limine::ExecutableAddressResponse>(response_address).virtual_base, image_base + moved);
    EXPECT_EQ(object<limine::ExecutableAddressResponse>(response_address).physical_base,
              walk(image_base + moved)->phys);
}

TEST_F(Boot, a_direct_map_begins_where_it_was_put_by_chance) {
    processor.random = 5;
    plan.randomise_hhdm = true;
    std::uint64_t wanted = hhdm_offset + 5 * huge_page_size;
    ask(limine::Hhdm::id);
    ask(limine::MemoryMap::id);
    boot_or_fail();
    EXPECT_EQ(response<limine::HhdmResponse>(limine::Hhdm::id)->offset, wanted);
    EXPECT_EQ(hand_over.passage.hhdm, wanted);
    EXPECT_FALSE(walk(hhdm_offset + FakeFirmware::base));
    for (const auto& entry : memory_map()) EXPECT_EQ(walk(wanted + entry.base)->phys, entry.base);
    EXPECT_TRUE(walk(hand_over.stack_top.value() - 8));
    EXPECT_TRUE(walk(hand_over.passage.descriptors.value()));
}

TEST_F(Boot, an_executable_that_cannot_be_moved_stays_where_it_is) {
    plan.kaslr = true;
    boot_or_fail();
    EXPECT_EQ(hand_over.entry.value(), image_base + 0x10);
}

TEST_F(Boot, a_processor_that_cannot_forbid_execution_is_not_asked_to) {
    processor.levels.no_execute = false;
    boot_or_fail();
    auto code = walk(image_base);
    auto constants = walk(image_base + 0x1000);
    auto variables = walk(data_base);
    ASSERT_TRUE(code && constants && variables);
    EXPECT_EQ(code->flags & present_writable_no_execute, 1U);
    EXPECT_EQ(constants->flags & present_writable_no_execute, 1U);
    EXPECT_EQ(variables->flags & present_writable_no_execute, 3U);
}

TEST_F(Boot, the_base_revision_is_confirmed) {
    boot_or_fail();
    EXPECT_EQ(object<std::uint64_t>(data_base + 8), 6U);
    EXPECT_EQ(object<std::uint64_t>(data_base + 16), 0U);
}

TEST_F(Boot, simple_requests_are_answered) {
    ask(limine::BootloaderInfo::id);
    ask(limine::FirmwareType::id);
    ask(limine::Hhdm::id);
    ask(paging_mode_id, {0, 1, 0}, 1);
    ask(limine::DateAtBoot::id);
    firmware.time = 1234567890;
    boot_or_fail();
    auto* info = response<limine::BootloaderInfoResponse>(limine::BootloaderInfo::id);
    ASSERT_NE(info, nullptr);
    EXPECT_EQ(text(info->name), "Lintel");
    EXPECT_FALSE(text(info->version).empty());
    EXPECT_EQ(response<limine::FirmwareTypeResponse>(limine::FirmwareType::id)->type, limine::Firmware::efi64);
    EXPECT_EQ(response<limine::HhdmResponse>(limine::Hhdm::id)->offset, hhdm_offset);
    EXPECT_EQ(response<limine::PagingModeResponse>(paging_mode_id)->mode, limine::PagingLevels::four);
    EXPECT_EQ(response<limine::DateAtBootResponse>(limine::DateAtBoot::id)->timestamp, 1234567890);
}

TEST_F(Boot, five_levels_are_set_up_where_they_are_wanted_and_there) {
    processor.levels.most = arch::Levels::five;
    constexpr std::uint64_t wanted = 0xff00000000000000;
    ask(paging_mode_id, {1, 1, 0}, 1);
    ask(limine::Hhdm::id);
    ask(limine::MemoryMap::id);
    boot_or_fail();
    EXPECT_EQ(hand_over.passage.levels, arch::Levels::five);
    EXPECT_TRUE(hand_over.passage.level_switch);
    EXPECT_FALSE(hand_over.passage.trampoline);
    EXPECT_EQ(response<limine::PagingModeResponse>(paging_mode_id)->mode, limine::PagingLevels::five);
    EXPECT_EQ(response<limine::HhdmResponse>(limine::Hhdm::id)->offset, wanted);
    EXPECT_EQ(hand_over.passage.hhdm, wanted);
    for (const auto& entry : memory_map()) EXPECT_EQ(walk(wanted + entry.base)->phys, entry.base);
    EXPECT_TRUE(walk(hand_over.stack_top.value() - 8));
}

TEST_F(Boot, four_levels_are_set_up_where_the_executable_or_the_entry_stops_there) {
    processor.levels.most = arch::Levels::five;
    plan.paging.highest = arch::Levels::four;
    ask(paging_mode_id, {1, 1, 0}, 1);
    boot_or_fail();
    EXPECT_EQ(hand_over.passage.levels, arch::Levels::four);
    EXPECT_FALSE(hand_over.passage.level_switch);
    EXPECT_EQ(response<limine::PagingModeResponse>(paging_mode_id)->mode, limine::PagingLevels::four);
}

TEST_F(Boot, an_entry_lifts_an_executable_that_allows_it_to_five_levels) {
    processor.levels.most = arch::Levels::five;
    plan.paging.lowest = arch::Levels::five;
    ask(paging_mode_id, {0, 1, 0}, 1);
    boot_or_fail();
    EXPECT_EQ(hand_over.passage.levels, arch::Levels::five);
}

TEST_F(Boot, a_way_to_four_levels_is_prepared_under_firmware_with_five) {
    processor.levels = {.in_use = arch::Levels::five, .most = arch::Levels::five};
    boot_or_fail();
    EXPECT_EQ(hand_over.passage.levels, arch::Levels::four);
    EXPECT_TRUE(hand_over.passage.level_switch);
}

TEST_F(Boot, what_does_not_exist_is_not_answered) {
    ask(limine::Framebuffers::id);
    ask(limine::Modules::id);
    ask(limine::Rsdp::id);
    ask(limine::Smbios::id);
    ask(limine::EfiSystemTable::id);
    ask(limine::EfiMemoryMap::id);
    ask(limine::DateAtBoot::id);
    ask({0x1234, 0x5678});
    boot_or_fail();
    for (const PlacedRequest& request : placed)
        EXPECT_EQ(object<std::uint64_t>(data_base + (request.word + 5) * 8), 0U) << std::hex << request.feature.first;
}

TEST_F(Boot, the_executables_own_file_is_handed_over_whole) {
    ask(limine::ExecutableFile::id);
    ask(limine::ExecutableCommandLine::id);
    ask(limine::MemoryMap::id);
    boot_or_fail();
    auto* answer = response<limine::ExecutableFileResponse>(limine::ExecutableFile::id);
    ASSERT_NE(answer, nullptr);
    limine::File& file = object(answer->executable_file);
    EXPECT_EQ(text(file.path), kernel_path);
    EXPECT_EQ(text(file.string), "quiet answer=42");
    EXPECT_EQ(file.string,
              response<limine::ExecutableCommandLineResponse>(limine::ExecutableCommandLine::id)->command_line);
    EXPECT_EQ(file.media_type, limine::MediaType::optical);
    EXPECT_EQ(file.partition_index, 3U);
    auto address = reinterpret_cast<std::uint64_t>(file.address);
    EXPECT_EQ(address % page_size, 0U);
    auto original = kernel();
    ASSERT_EQ(file.size, original.size());
    EXPECT_EQ(std::memcmp(&object<std::byte>(address), original.data(), original.size()), 0);
    EXPECT_EQ(type_at(address - hhdm_offset), limine::MemoryType::executable_and_modules);
}

TEST_F(Boot, the_stack_has_the_requested_size_and_is_reclaimable) {
    ask(limine::MemoryMap::id);
    ask(stack_size_id, {0x21234});
    boot_or_fail();
    EXPECT_NE(response<limine::StackSizeResponse>(stack_size_id), nullptr);
    std::uint64_t top = hand_over.stack_top.value();
    EXPECT_EQ(top % 16, 0U);
    for (std::uint64_t at : {top - 8, top - 0x21234}) {
        EXPECT_TRUE(walk(at));
        EXPECT_EQ(type_at(at - hhdm_offset), limine::MemoryType::bootloader_reclaimable);
    }
}

TEST_F(Boot, what_entering_needs_is_reclaimable_memory) {
    ask(limine::MemoryMap::id);
    boot_or_fail();
    EXPECT_EQ(object<std::uint64_t>(hand_over.passage.descriptors.value() + 0x28), arch::entry_descriptors[5]);
    for (std::uint64_t at : {hand_over.passage.descriptors.value() - hhdm_offset, hand_over.passage.root.value(),
                             hand_over.passage.scratch.value()})
        EXPECT_EQ(type_at(at), limine::MemoryType::bootloader_reclaimable);
    EXPECT_EQ(hand_over.passage.hhdm, hhdm_offset);
}

TEST_F(Boot, the_requested_entry_point_is_taken) {
    ask(entry_point_id, {image_base + 0x20});
    boot_or_fail();
    EXPECT_EQ(hand_over.entry.value(), image_base + 0x20);
    EXPECT_NE(response<limine::EntryPointResponse>(entry_point_id), nullptr);
}

TEST_F(Boot, the_memory_map_keeps_the_protocols_guarantees) {
    ask(limine::MemoryMap::id);
    firmware.more_regions = {{PhysAddr(0x300000), 0x1800, limine::MemoryType::reserved},
                             {PhysAddr(0x1000), 0x9e000, limine::MemoryType::usable},
                             {PhysAddr(0x9f000), 0x1000, limine::MemoryType::acpi_nvs}};
    boot_or_fail();
    std::uint64_t reached = 0;
    for (const auto& entry : memory_map()) {
        EXPECT_GE(entry.base, reached);
        reached = entry.base + entry.length;
        if (entry.type == limine::MemoryType::usable) {
            EXPECT_TRUE(is_aligned(entry.base, page_size) && is_aligned(entry.length, page_size));
            EXPECT_TRUE(reached <= 0x9f000 || entry.base >= firmware.free());
        }
    }
    EXPECT_EQ(type_at(0x300000), limine::MemoryType::reserved);
    EXPECT_FALSE(walk(hhdm_offset + 0xa0000));
    EXPECT_TRUE(walk(hhdm_offset + 0x9f000));
}

TEST_F(Boot, modules_of_the_plan_are_loaded_whole) {
    const std::array modules = {Module{"/a", "first"}, Module{"/empty", ""}};
    plan.modules = modules;
    volume.add("/a", bytes_of({1, 2, 3}));
    volume.add("/empty", {});
    ask(limine::Modules::id);
    ask(limine::MemoryMap::id);
    boot_or_fail();
    auto* answer = response<limine::ModuleResponse>(limine::Modules::id);
    ASSERT_NE(answer, nullptr);
    ASSERT_EQ(answer->module_count, 2U);
    limine::File& first = object(object(answer->modules));
    limine::File& second = object(object(answer->modules + 1));
    EXPECT_EQ(text(first.path), "/a");
    EXPECT_EQ(text(first.string), "first");
    EXPECT_EQ(first.size, 24U);
    auto address = reinterpret_cast<std::uint64_t>(first.address);
    EXPECT_EQ(object<std::uint64_t>(address + 16), 3U);
    EXPECT_EQ(address % page_size, 0U);
    EXPECT_EQ(type_at(address - hhdm_offset), limine::MemoryType::executable_and_modules);
    EXPECT_EQ(second.size, 0U);
    EXPECT_NE(first.address, second.address);
}

TEST_F(Boot, an_executables_own_modules_come_first) {
    const std::array modules = {Module{"/a", "first"}};
    plan.modules = modules;
    volume.add("/a", bytes_of({1}));
    volume.add("/boot/own", bytes_of({2}));
    auto path = place_text("own");
    auto missing = place_text("../missing");
    auto string = place_text("mine");
    std::uint64_t descriptions = next_address();
    data.insert(data.end(), {missing, string, 0, path, string, limine::internal_module_required});
    std::uint64_t pointers = next_address();
    data.insert(data.end(), {descriptions, descriptions + 24});
    ask(limine::Modules::id, {2, pointers}, 1);
    boot_or_fail();
    auto* answer = response<limine::ModuleResponse>(limine::Modules::id);
    ASSERT_NE(answer, nullptr);
    EXPECT_EQ(answer->revision, 2U);
    ASSERT_EQ(answer->module_count, 2U);
    EXPECT_EQ(text(object(object(answer->modules)).path), "/boot/own");
    EXPECT_EQ(text(object(object(answer->modules)).string), "mine");
    EXPECT_EQ(text(object(object(answer->modules + 1)).path), "/a");
}

// The BLAKE2b hash of "abc" (RFC 7693, appendix A), in mixed case.
constexpr std::string_view hash_of_abc =
    "BA80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
    "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923";

TEST_F(Boot, files_with_the_hashes_that_they_must_have_are_loaded) {
    const std::vector<std::byte> abc{std::byte{'a'}, std::byte{'b'}, std::byte{'c'}};
    const std::array modules = {Module{"/a", "", hash_of_abc}};
    plan.modules = modules;
    volume.add("/a", abc);
    volume.add("/boot/own", abc);
    auto path = place_text("own#" + std::string(hash_of_abc));
    auto string = place_text("");
    std::uint64_t description = next_address();
    data.insert(data.end(), {path, string, 0});
    std::uint64_t pointer = next_address();
    data.push_back(description);
    ask(limine::Modules::id, {1, pointer}, 1);
    boot_or_fail();
    auto* answer = response<limine::ModuleResponse>(limine::Modules::id);
    ASSERT_EQ(answer->module_count, 2U);
    EXPECT_EQ(text(object(object(answer->modules)).path), "/boot/own") << "the hash is no part of the path";
}

TEST_F(Boot, a_wrong_hash_is_only_told_where_that_is_wanted) {
    struct Listener final : Warnings {
        void warn(const Error& error) override { told.emplace_back(error.subject); }
        std::vector<std::string> told;
    } warnings;
    const std::string hash(128, '0');
    plan.hash = hash;
    plan.mismatches = &warnings;
    boot_or_fail();
    EXPECT_EQ(warnings.told, std::vector<std::string>{std::string(kernel_path)});
}

TEST_F(Boot, framebuffers_are_told_and_mapped_write_combining) {
    ask(limine::Framebuffers::id);
    ask(limine::MemoryMap::id);
    limine::VideoMode mode{.pitch = 3200,
                           .width = 800,
                           .height = 600,
                           .bpp = 32,
                           .memory_model = limine::MemoryModel::rgb,
                           .red_mask_size = 8,
                           .red_mask_shift = 16,
                           .green_mask_size = 8,
                           .green_mask_shift = 8,
                           .blue_mask_size = 8,
                           .blue_mask_shift = 0};
    const std::array modes = {mode, mode};
    const std::array edid = {std::byte{1}, std::byte{2}};
    firmware.screens = {{.address = PhysAddr(0xfd000000), .mode = mode, .edid = edid, .modes = modes}};
    plan.resolution = Resolution{800, 600, 32};
    boot_or_fail();
    EXPECT_EQ(firmware.resolution_wanted->width, 800U);
    auto* answer = response<limine::FramebufferResponse>(limine::Framebuffers::id);
    ASSERT_NE(answer, nullptr);
    ASSERT_EQ(answer->framebuffer_count, 1U);
    limine::Framebuffer& screen = object(object(answer->framebuffers));
    EXPECT_EQ(reinterpret_cast<std::uint64_t>(screen.address), hhdm_offset + 0xfd000000);
    EXPECT_EQ(screen.pitch, 3200U);
    EXPECT_EQ(screen.red_mask_shift, 16U);
    EXPECT_EQ(screen.edid_size, 2U);
    EXPECT_EQ(object<std::uint8_t>(reinterpret_cast<std::uint64_t>(screen.edid) + 1), 2U);
    EXPECT_EQ(answer->revision, 1U);
    ASSERT_EQ(screen.mode_count, 2U);
    EXPECT_EQ(object(object(screen.modes + 1)).height, 600U);

    EXPECT_EQ(type_at(0xfd000000), limine::MemoryType::framebuffer);
    for (std::uint64_t at : {0xfd000000U, 0xfd000000U + 3200 * 600 - 1}) {
        auto page = walk(hhdm_offset + at);
        ASSERT_TRUE(page);
        // PAT entry 5: the PAT bit, whose place depends on the page's size, and PWT.
        EXPECT_EQ(page->flags & 0x18, 0x08U);
        EXPECT_NE(page->flags & (page->size == page_size ? 0x80 : 0x1000), 0U);
    }
}

TEST_F(Boot, screens_far_above_all_memory_are_mapped) {
    ask(limine::Framebuffers::id);
    limine::VideoMode mode{};
    mode.pitch = 4096;
    mode.height = 100;
    for (std::uint64_t i = 1; i <= 12; ++i)
        firmware.screens.push_back({.address = PhysAddr(i * 4 * huge_page_size), .mode = mode});
    boot_or_fail();
    for (const Display& screen : firmware.screens) EXPECT_TRUE(walk(hhdm_offset + screen.address.value()));
}

TEST_F(Boot, screens_are_in_the_memory_map_whether_asked_for_or_not) {
    ask(limine::MemoryMap::id);
    limine::VideoMode mode{};
    mode.pitch = 4096;
    mode.height = 100;
    firmware.screens = {{.address = PhysAddr(0xfd000000), .mode = mode}};
    boot_or_fail();
    EXPECT_EQ(type_at(0xfd000000), limine::MemoryType::framebuffer);
    EXPECT_TRUE(walk(hhdm_offset + 0xfd000000));
}

/// Firmware tables at the end of the fake memory, outside of any ACPI memory.
class BootWithTables : public Boot {
protected:
    static constexpr std::uint64_t tables = FakeFirmware::base + FakeFirmware::size - 0x10000;

    BootWithTables() {
        firmware.write(tables + 0x10, rsdp(0, tables + 0x1000).bytes);
        firmware.write(tables + 0x1000, acpi_table("XSDT", 44).put(36, tables + 0x2100).bytes);
        firmware.write(tables + 0x2100, acpi_table("APIC", 0x80).bytes);
        firmware.write(tables + 0x3000, smbios_32(tables + 0x4000, 0x100).bytes);
        firmware.write(tables + 0x3100, smbios_64(tables + 0x5000, 0x200).bytes);
        firmware.system_tables = {.rsdp = PhysAddr(tables + 0x10),
                                  .smbios_32 = PhysAddr(tables + 0x3000),
                                  .smbios_64 = PhysAddr(tables + 0x3100),
                                  .efi_system_table = PhysAddr(tables + 0x6000),
                                  .efi_ranges = efi_ranges};
        firmware.more_regions = {{PhysAddr(tables), 0x10000, limine::MemoryType::reserved},
                                 {PhysAddr(tables + 0x8000), 0x1000, limine::MemoryType::reserved_mapped}};
        for (auto feature : {limine::Rsdp::id, limine::Smbios::id, limine::EfiSystemTable::id, limine::MemoryMap::id})
            ask(feature);
    }

    void boot_with(std::uint64_t base_revision) {
        data[2] = base_revision;
        boot_or_fail();
    }
    /// What base revisions 0 to 2 have in common; only the first of them has an identity map.
    void expect_low_layout(std::uint64_t base_revision) {
        boot_with(base_revision);
        EXPECT_EQ(object<std::uint64_t>(data_base + 8), base_revision);
        EXPECT_EQ(object<std::uint64_t>(data_base + 16), 0U);
        EXPECT_EQ(rsdp_told(), hhdm_offset + tables + 0x10);
        EXPECT_EQ(smbios_told(), hhdm_offset + tables + 0x3100);
        EXPECT_EQ(efi_told(), hhdm_offset + tables + 0x6000);
        for (std::uint64_t address : {std::uint64_t{0}, tables + 0x8000, std::uint64_t{0xfffff000}})
            EXPECT_EQ(walk(hhdm_offset + address)->phys, address);
        for (std::uint64_t address : {std::uint64_t{0x1000}, tables + 0x8000, std::uint64_t{0xfffff000}})
            EXPECT_EQ(walk(address).has_value(), base_revision == 0) << std::hex << address;
        EXPECT_FALSE(walk(0));
    }

    std::uint64_t rsdp_told() { return number(response<limine::RsdpResponse>(limine::Rsdp::id)->address); }
    std::uint64_t smbios_told() { return number(response<limine::SmbiosResponse>(limine::Smbios::id)->entry_64); }
    std::uint64_t efi_told() {
        return number(response<limine::EfiSystemTableResponse>(limine::EfiSystemTable::id)->address);
    }
    static std::uint64_t number(const void* pointer) { return reinterpret_cast<std::uint64_t>(pointer); }

    const std::array<Range, 1> efi_ranges = {Range{PhysAddr(tables + 0x6000), 0x78}};
};

TEST_F(BootWithTables, nothing_is_read_where_the_firmwares_own_map_ends) {
    firmware.reachable = tables;
    boot_with(6);
    EXPECT_EQ(response<limine::RsdpResponse>(limine::Rsdp::id), nullptr);
    EXPECT_EQ(response<limine::SmbiosResponse>(limine::Smbios::id), nullptr);
}

TEST_F(BootWithTables, base_revision_0_tells_virtual_addresses_and_maps_low_memory_twice) { expect_low_layout(0); }

TEST_F(BootWithTables, base_revision_1_tells_virtual_addresses_and_maps_low_memory_once) { expect_low_layout(1); }

TEST_F(BootWithTables, base_revision_2_tells_virtual_addresses_and_maps_low_memory_once) { expect_low_layout(2); }

TEST_F(Boot, base_revision_0_maps_reserved_memory_wherever_it_is) {
    constexpr std::uint64_t place = 0xfd00000000;
    firmware.more_regions.push_back({PhysAddr(place), 0x300000000, limine::MemoryType::reserved});
    data[2] = 0;
    boot_or_fail();
    EXPECT_EQ(walk(hhdm_offset + place + 0x2fffff000)->phys, place + 0x2fffff000);
    EXPECT_EQ(walk(place)->phys, place);
}

TEST_F(BootWithTables, base_revision_3_tells_physical_addresses_and_maps_no_tables) {
    boot_with(3);
    EXPECT_EQ(rsdp_told(), tables + 0x10);
    EXPECT_EQ(smbios_told(), tables + 0x3100);
    EXPECT_EQ(efi_told(), tables + 0x6000);
    for (std::uint64_t offset : {0x10U, 0x1000U, 0x3000U, 0x6000U, 0x8000U}) {
        EXPECT_FALSE(walk(hhdm_offset + tables + offset));
        EXPECT_EQ(type_at(tables + offset), limine::MemoryType::reserved);
    }
}

TEST_F(BootWithTables, base_revision_4_maps_acpi_tables) {
    boot_with(4);
    EXPECT_EQ(rsdp_told(), hhdm_offset + tables + 0x10);
    EXPECT_EQ(smbios_told(), tables + 0x3100);
    for (std::uint64_t offset : {0x10U, 0x1000U, 0x2100U, 0x217fU}) {
        EXPECT_TRUE(walk(hhdm_offset + tables + offset));
        EXPECT_EQ(type_at(tables + offset), limine::MemoryType::reserved_mapped);
    }
    for (std::uint64_t offset : {0x3000U, 0x6000U, 0x8000U})
        EXPECT_EQ(type_at(tables + offset), limine::MemoryType::reserved);
}

TEST_F(BootWithTables, from_base_revision_5_on_smbios_and_efi_are_mapped_too) {
    boot_with(5);
    EXPECT_EQ(rsdp_told(), hhdm_offset + tables + 0x10);
    EXPECT_EQ(smbios_told(), hhdm_offset + tables + 0x3100);
    EXPECT_EQ(efi_told(), hhdm_offset + tables + 0x6000);
    for (std::uint64_t offset : {0x3000U, 0x3100U, 0x40ffU, 0x51ffU, 0x6077U, 0x8fffU}) {
        EXPECT_TRUE(walk(hhdm_offset + tables + offset));
        EXPECT_EQ(type_at(tables + offset), limine::MemoryType::reserved_mapped);
    }
    EXPECT_EQ(type_at(tables + 0x9000), limine::MemoryType::reserved);
}

TEST_F(BootWithTables, tables_that_do_not_check_out_are_not_told) {
    firmware.at<std::uint8_t>(tables + 0x10 + 8) ^= 1;
    firmware.at<std::uint8_t>(tables + 0x3000 + 4) ^= 1;
    boot_with(6);
    EXPECT_EQ(response<limine::RsdpResponse>(limine::Rsdp::id), nullptr);
    EXPECT_EQ(response<limine::SmbiosResponse>(limine::Smbios::id)->entry_32, nullptr);
    EXPECT_NE(smbios_told(), 0U);
}

TEST_F(Boot, the_firmwares_own_map_is_told) {
    ask(limine::EfiMemoryMap::id);
    firmware.has_efi_map = true;
    boot_or_fail();
    auto* answer = response<limine::EfiMemoryMapResponse>(limine::EfiMemoryMap::id);
    ASSERT_NE(answer, nullptr);
    EXPECT_EQ(answer->memory_map_size, 96U);
    EXPECT_EQ(answer->descriptor_size, 48U);
    EXPECT_EQ(answer->descriptor_version, 1U);
    EXPECT_TRUE(walk(reinterpret_cast<std::uint64_t>(answer->memory_map)));
}

TEST_F(Boot, too_little_memory_is_an_error_wherever_it_runs_out) {
    const std::array modules = {Module{"/a", "first"}};
    plan.modules = modules;
    volume.add("/a", std::vector<std::byte>(100000));
    volume.add(std::string(kernel_path), kernel());
    for (auto feature : {limine::Modules::id, limine::MemoryMap::id, limine::BootloaderInfo::id}) ask(feature);
    int failures = 0;
    for (std::uint64_t pages = 0;; ++pages) {
        FakeFirmware machine;
        machine.memory_left = pages * page_size;
        auto result = prepare(machine, processor, plan);
        if (result) break;
        ++failures;
        EXPECT_EQ(result.error().code, ErrorCode::out_of_memory);
    }
    EXPECT_GT(failures, 20);
}

}  // namespace
}  // namespace lintel::loader
