// A kernel that a test makes up, booted on a fake machine, and a look at what it would find there.
// Invariant: the kernel's own addresses are followed through the page tables that it was given, walked by hand.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/blake2b.hpp"
#include "elf_builder.hpp"
#include "fake_firmware.hpp"
#include "fake_processor.hpp"
#include "loader/core/boot.hpp"
#include "loader/core/memory_map.hpp"
#include "loader/core/requests.hpp"

namespace lintel::loader {

inline constexpr std::uint64_t image_base = 0xffffffff80000000;
inline constexpr std::uint64_t data_base = image_base + 0x2000;
inline constexpr std::string_view kernel_path = "/boot/kernel";

/// As a path has it behind its '#'.
inline std::string hexadecimal(const Blake2bHash& hash) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (std::byte byte : hash) {
        text += digits[std::to_integer<unsigned>(byte) >> 4];
        text += digits[std::to_integer<unsigned>(byte) & 15];
    }
    return text;
}

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
        elf.header.type = type;
        if (type == elf::type_shared) elf.add({image_base, 0, bytes_of({0, 0}), 0, elf::segment_dynamic});
        elf.add({image_base, elf::flag_read | elf::flag_execute, std::vector<std::byte>(0x100, std::byte{0x90})});
        elf.add({image_base + 0x1000, elf::flag_read, bytes_of({1, 2, 3})});
        elf.add({data_base, elf::flag_read | elf::flag_write, bytes_of(data), 0x3000});
        return elf.build();
    }

    Result<Prepared> boot() {
        volume.add(std::string(kernel_path), kernel());
        return prepare(firmware, processor, plan, apic);
    }

    void boot_or_fail() {
        auto result = boot();
        ASSERT_TRUE(result) << result.error().text << " " << result.error().subject;
        hand_over = result->hand_over;
        prepared = *result;
    }

    /// What the new page tables say about a virtual address: walked by hand, through the fake memory.
    struct Page {
        std::uint64_t phys;
        std::uint64_t flags;
        std::uint64_t size;
    };
    std::optional<Page> walk(std::uint64_t address) {
        constexpr std::uint64_t frame = 0x000ffffffffff000;
        std::uint64_t table = hand_over.passage.root.value();
        int top = hand_over.passage.levels == arch::Levels::five ? 48 : 39;
        for (int shift = top; shift >= 12; shift -= 9) {
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
    FakeProcessor processor;
    FakeVolume volume;
    arch::LocalApicFacts apic{.present = true};
    BootPlan plan{.volume = &volume, .path = kernel_path, .command_line = "quiet answer=42"};
    std::uint16_t type = elf::type_executable;
    std::vector<std::uint64_t> data;
    std::vector<PlacedRequest> placed;
    arch::HandOver hand_over{};
    std::optional<Prepared> prepared;
};

}  // namespace lintel::loader
