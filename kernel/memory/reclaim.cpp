// Invariant: when a range of the loader's memory is given away, no response points into it any more, no processor runs
// in it, and no page table that is in use lies in it.
#include "kernel/memory/reclaim.hpp"

#include <array>
#include <cstring>
#include <string_view>

#include "base/list.hpp"
#include "kernel/debug/panic.hpp"
#include "kernel/debug/traps.hpp"
#include "kernel/image.hpp"
#include "kernel/log.hpp"
#include "kernel/memory/memory.hpp"
#include "kernel/processors/processor.hpp"
#include "protocol/limine.hpp"

namespace lintel {
namespace {

using Ranges = List<PhysRange>;

/// A copy for good.
template <class T>
T* keep(const T& value) {
    return new T(value);
}

const char* keep_text(const char* text) {
    if (text == nullptr) return nullptr;
    const std::size_t bytes = std::strlen(text) + 1;
    return static_cast<const char*>(std::memcpy(new char[bytes], text, bytes));
}

/// The pointers of an array, and what they point to.
template <class T>
const T* const* keep_all(std::span<const T* const> all) {
    auto** copies = new const T*[all.size()];
    for (std::size_t i = 0; i < all.size(); ++i) copies[i] = keep(*all[i]);
    return copies;
}

/// For answers that are one piece.
template <class Feature>
void keep_response() {
    if (const auto* response = limine::request<Feature>.response()) limine::request<Feature>.replace(keep(*response));
}

void keep_loader() {
    const auto* response = limine::request<limine::BootloaderInfo>.response();
    if (response == nullptr) return;
    auto* copy = keep(*response);
    copy->name = keep_text(response->name);
    copy->version = keep_text(response->version);
    limine::request<limine::BootloaderInfo>.replace(copy);
}

void keep_command_line() {
    const auto* response = limine::request<limine::ExecutableCommandLine>.response();
    if (response == nullptr) return;
    auto* copy = keep(*response);
    copy->command_line = keep_text(response->command_line);
    limine::request<limine::ExecutableCommandLine>.replace(copy);
}

/// The file's contents are in memory of another type ("Memory Map Feature"), and stay where they are.
void keep_executable_file() {
    const auto* response = limine::request<limine::ExecutableFile>.response();
    if (response == nullptr) return;
    auto* file = keep(*response->executable_file);
    file->path = keep_text(file->path);
    file->string = keep_text(file->string);
    auto* copy = keep(*response);
    copy->executable_file = file;
    limine::request<limine::ExecutableFile>.replace(copy);
}

void keep_memory_map() {
    const auto* response = limine::request<limine::MemoryMap>.response();
    auto* copy = keep(*response);
    copy->entries = keep_all(response->view());
    limine::request<limine::MemoryMap>.replace(copy);
}

/// Without what a screen could show other than it does.
void keep_framebuffers() {
    const auto* response = limine::request<limine::Framebuffers>.response();
    if (response == nullptr) return;
    auto** copies = new const limine::Framebuffer*[response->framebuffer_count];
    for (std::size_t i = 0; i < response->framebuffer_count; ++i) {
        auto* screen = keep(*response->framebuffers[i]);
        screen->edid_size = 0;
        screen->edid = nullptr;
        if (response->revision >= 1) {
            screen->mode_count = 0;
            screen->modes = nullptr;
        }
        copies[i] = screen;
    }
    auto* copy = keep(*response);
    copy->framebuffers = copies;
    limine::request<limine::Framebuffers>.replace(copy);
}

void keep_responses() {
    keep_response<limine::DateAtBoot>();
    keep_response<limine::ExecutableAddress>();
    keep_response<limine::FirmwareType>();
    keep_response<limine::Hhdm>();
    keep_response<limine::Rsdp>();
    keep_response<limine::TscFrequency>();
    keep_loader();
    keep_command_line();
    keep_executable_file();
    keep_memory_map();
    keep_framebuffers();
}

bool is_in(const Ranges& ranges, VirtAddr address) {
    for (const PhysRange& range : ranges)
        if (address >= direct_map().virt(range.base) && address < direct_map().virt(range.end())) return true;
    return false;
}

/// Answers that were not kept are as if they had never been given. All requests are where the loader looks for them:
/// in the image's first part, each with the same two words in front ("Requests").
void forget_responses(const Ranges& ranges) {
    constexpr std::size_t response_word = 5;
    const AddressRange part = image_parts().front().range;
    // Safety: the part is the image's own, whole pages to read and to write.
    const std::span words(reinterpret_cast<volatile std::uint64_t*>(part.begin.value()), (part.end - part.begin) / 8);
    for (std::size_t i = 0; i + response_word < words.size(); ++i)
        if (words[i] == limine::common_magic.first && words[i + 1] == limine::common_magic.second &&
            is_in(ranges, VirtAddr(words[i + response_word])))
            words[i + response_word] = 0;
}

bool all_processors_run() {
    const auto* response = limine::request<limine::Mp<limine::LocalApicMode::x2apic>>.response();
    return response == nullptr || response->cpu_count == processor_count();
}

bool find_ranges(Ranges& ranges) {
    const auto* map = limine::request<limine::MemoryMap>.response();
    for (const limine::MemoryMapEntry* entry : map->view())
        if (entry->type == limine::MemoryType::bootloader_reclaimable &&
            !ranges.push({PhysAddr(entry->base), entry->length}))
            return false;
    return true;
}

}  // namespace

void reclaim_loader_memory() {
    if (!all_processors_run()) return log("the loader's memory stays its own: processors wait in it");
    std::array<PhysRange, 128> room;
    Ranges ranges(room);
    if (!find_ranges(ranges)) return log("the loader's memory stays its own: it lies in too many pieces");
    keep_responses();
    forget_responses(ranges);
    set_outermost_frame({});  // the loader's stack is nothing to look at any more
    const std::uint64_t before = frames().statistics().frames;
    for (const PhysRange& range : ranges)
        if (const auto added = frames().add(range); !added) log("memory: {}", added.error().text);
    log("frames: {} more, which were the loader's", frames().statistics().frames - before);
}

}  // namespace lintel
