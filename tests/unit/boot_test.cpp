// The whole way from a file on a volume to a hand-over, on a machine made of a buffer.
#include "loader/core/boot.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "elf_builder.hpp"
#include "fake_firmware.hpp"
#include "loader/core/memory_map.hpp"
#include "loader/core/requests.hpp"

namespace lintel::loader {
namespace {

constexpr std::uint64_t image_base = 0xffffffff80000000;
constexpr std::uint64_t data_base = image_base + 0x2000;
constexpr std::string_view kernel_path = "/boot/kernel";

/// A request in the data of the kernel under test: its place there, in words.
struct PlacedRequest {
    limine::FeatureId feature;
    std::size_t word;
};

/// A kernel with requests, booted on a fake machine.
class Boot : public ::testing::Test {
protected:
    Boot() { data = {limine::base_revision_magic.first, limine::base_revision_magic.second, 6}; }

    /// Adds a request, with its parameters, to the kernel's data.
    void ask(limine::FeatureId feature, std::vector<std::uint64_t> parameters = {}, std::uint64_t revision = 0) {
        placed.push_back({feature, data.size()});
        data.insert(data.end(), {limine::common_magic.first, limine::common_magic.second, feature.first, feature.second,
                                 revision, 0});
        data.insert(data.end(), parameters.begin(), parameters.end());
    }

    /// The address that the kernel's data will have from the next word on.
    [[nodiscard]] std::uint64_t next_address() const { return data_base + data.size() * sizeof(std::uint64_t); }

    std::uint64_t place_text(std::string text) {
        std::uint64_t address = next_address();
        text.resize((text.size() / 8 + 1) * 8, '\0');
        std::vector<std::uint64_t> words(text.size() / 8);
        std::memcpy(words.data(), text.data(), text.size());
        data.insert(data.end(), words.begin(), words.end());
        return address;
    }

    [[nodiscard]] std::vector<std::byte> kernel() const {
        ElfBuilder elf(image_base + 0x10);
        elf.add({image_base, elf::flag_read | elf::flag_execute, std::vector<std::byte>(0x100, std::byte{0x90})});
        elf.add({image_base + 0x1000, elf::flag_read, bytes_of({1, 2, 3})});
        elf.add({data_base, elf::flag_read | elf::flag_write, bytes_of(data), 0x3000});
        return elf.build();
    }

    Result<arch::HandOver> boot() {
        volume.add(std::string(kernel_path), kernel());
        return prepare(firmware, volume, plan);
    }

    void boot_or_fail() {
        auto result = boot();
        ASSERT_TRUE(result) << result.error().text << " " << result.error().subject;
        hand_over = *result;
    }

    /// What the new page tables say about a virtual address: walked by hand, through the fake memory.
    struct Page {
        std::uint64_t phys;
        std::uint64_t flags;
        std::uint64_t size;
    };
    std::optional<Page> walk(std::uint64_t address) {
        constexpr std::uint64_t frame = 0x000ffffffffff000;
        std::uint64_t table = hand_over.root.value();
        for (int shift = 39; shift >= 12; shift -= 9) {
            std::uint64_t entry = firmware.at<std::uint64_t>(table + 8 * (address >> shift & 511));
            if ((entry & 1) == 0) return std::nullopt;
            bool leaf = shift == 12 || (entry & 0x80) != 0;
            std::uint64_t page = std::uint64_t{1} << shift;
            if (leaf) return Page{(entry & frame & ~(page - 1)) + (address & (page - 1)), entry, page};
            table = entry & frame;
        }
        return std::nullopt;
    }

    /// The object at a virtual address of the kernel's.
    template <class T>
    T& object(std::uint64_t address) {
        auto page = walk(address);
        EXPECT_TRUE(page) << std::hex << address << " is not mapped";
        return firmware.at<T>(page ? page->phys : FakeFirmware::base);
    }
    template <class T>
    T& object(const T* pointer) {
        return object<T>(reinterpret_cast<std::uint64_t>(pointer));
    }

    std::string text(const char* pointer) { return std::string(&object(pointer)); }

    /// The response to a request; null where there is none.
    template <class Response>
    Response* response(limine::FeatureId feature) {
        for (const PlacedRequest& request : placed) {
            if (request.feature != feature) continue;
            auto address = object<std::uint64_t>(data_base + (request.word + 5) * 8);
            return address == 0 ? nullptr : &object<Response>(address);
        }
        return nullptr;
    }

    std::vector<limine::MemoryMapEntry> memory_map() {
        std::vector<limine::MemoryMapEntry> map;
        auto* answer = response<limine::MemoryMapResponse>(limine::MemoryMap::id);
        for (std::uint64_t i = 0; i < answer->entry_count; ++i) map.push_back(object(object(answer->entries + i)));
        return map;
    }

    std::optional<limine::MemoryType> type_at(std::uint64_t address) {
        for (const auto& entry : memory_map())
            if (address >= entry.base && address - entry.base < entry.length) return entry.type;
        return std::nullopt;
    }

    FakeFirmware firmware;
    FakeVolume volume;
    BootPlan plan{.path = kernel_path, .command_line = "quiet answer=42"};
    std::vector<std::uint64_t> data;
    std::vector<PlacedRequest> placed;
    arch::HandOver hand_over{};
};

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
    EXPECT_EQ(object<std::uint64_t>(hand_over.descriptors.value() + 0x28), arch::entry_descriptors[5]);
    for (std::uint64_t at :
         {hand_over.descriptors.value() - hhdm_offset, hand_over.root.value(), hand_over.scratch.value()})
        EXPECT_EQ(type_at(at), limine::MemoryType::bootloader_reclaimable);
    EXPECT_EQ(hand_over.hhdm, hhdm_offset);
}

}  // namespace
}  // namespace lintel::loader
