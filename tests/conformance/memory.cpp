// See the header.
#include "tests/conformance/memory.hpp"

#include <algorithm>

#include "base/address.hpp"

namespace lintel::conformance {

std::span<const limine::MemoryMapEntry* const> memory_map() {
    const auto* response = limine::request<limine::MemoryMap>.response();
    if (response == nullptr) return {};
    return response->view();
}

std::uint64_t direct_map_offset() {
    const auto* response = limine::request<limine::Hhdm>.response();
    return response == nullptr ? 0 : response->offset;
}

bool lies_in(Range range, Types types, std::uint64_t* gap, bool whole_pages) {
    std::uint64_t reached = range.base;
    while (reached < range.end()) {
        std::uint64_t before = reached;
        for (const auto* entry : memory_map()) {
            if (!types.has(entry->type)) continue;
            std::uint64_t begin = entry->base;
            std::uint64_t end = entry->base + entry->length;
            if (whole_pages) {
                begin = align_down(begin, page_size);
                end = align_up(end, page_size);
            }
            if (begin <= reached && end > reached) reached = end;
        }
        if (reached != before) continue;
        if (gap != nullptr) *gap = reached;
        return false;
    }
    return true;
}

bool is_mapped(const void* address, std::uint64_t length) {
    auto at = reinterpret_cast<std::uint64_t>(address);
    const std::uint64_t end = at + length;
    if (end < at) return false;
    while (at < end) {
        auto page = translate(at);
        if (!page) return false;
        at = page->virt + page->size;
        if (at == 0) break;  // the address space's last page
    }
    return true;
}

bool points_into(const void* address, std::uint64_t length, Types types) {
    auto virt = reinterpret_cast<std::uint64_t>(address);
    return virt >= direct_map_offset() && lies_in({virt - direct_map_offset(), length}, types) &&
           is_mapped(address, length);
}

std::optional<std::string_view> text_at(const char* address) {
    constexpr std::size_t limit = 1 << 16;
    for (std::size_t i = 0; i < limit; ++i) {
        const char* at = address + i;
        bool new_page = i == 0 || is_aligned(reinterpret_cast<std::uint64_t>(at), page_size);
        if (new_page && !is_mapped(at, 1)) return std::nullopt;
        if (*at == '\0') return std::string_view(address, i);
        if (static_cast<unsigned char>(*at) > 0x7f) return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace lintel::conformance
