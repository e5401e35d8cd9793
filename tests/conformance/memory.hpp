// Memory as the kernels see it: the memory map, what the page tables map, and ways to read physical memory.
// Invariant: nothing is read that the page tables do not map.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/bytes.hpp"
#include "protocol/limine.hpp"

namespace lintel::conformance {

/// A stretch of physical memory.
struct Range {
    std::uint64_t base;
    std::uint64_t length;
    [[nodiscard]] std::uint64_t end() const { return base + length; }
};

/// A set of memory map types.
class Types {
public:
    template <std::same_as<limine::MemoryType>... T>
    constexpr explicit(false) Types(T... types) : bits_(((1U << static_cast<unsigned>(types)) | ...)) {}
    [[nodiscard]] constexpr bool has(limine::MemoryType type) const {
        auto number = static_cast<std::uint64_t>(type);
        return number < 32 && (bits_ >> number & 1) != 0;
    }

private:
    unsigned bits_;
};

/// The entries; none where the loader did not answer.
std::span<const limine::MemoryMapEntry* const> memory_map();

/// The direct map's offset.
std::uint64_t direct_map_offset();

/// Whether each byte of `range` lies in an entry of one of `types`; where not, `gap` is the first that does not.
/// Entries count with whole pages where `whole_pages`.
bool lies_in(Range range, Types types, std::uint64_t* gap = nullptr, bool whole_pages = false);

/// One page as the tables map it.
struct Page {
    std::uint64_t virt;
    std::uint64_t phys;
    std::uint64_t size;
    bool writable;
    bool executable;
    bool user;
    unsigned attribute;  // index into the PAT
};

std::optional<Page> translate(std::uint64_t virt);

/// Whether all of it is mapped.
bool is_mapped(const void* address, std::uint64_t length);

/// Whether `address` is in the direct map, for memory of `types`.
bool points_into(const void* address, std::uint64_t length, Types types);

/// The 0-terminated ASCII text at `address`; nothing where it is not mapped, endless or not ASCII.
std::optional<std::string_view> text_at(const char* address);

/// Physical memory, in the direct map or, where that does not have it, through a window of the kernel's own. Open
/// that window only after what the loader mapped has been judged.
Bytes physical(std::uint64_t base, std::uint64_t length);

/// A device's register.
volatile std::uint32_t* device_register(std::uint64_t address);

/// Calls `visit` for each page in ascending order, and `table` with each frame that holds a page table.
struct PageVisitor {
    virtual void page(const Page& page) = 0;
    virtual void table(std::uint64_t frame) = 0;

protected:
    ~PageVisitor() = default;
};
void visit_pages(PageVisitor& visitor);

}  // namespace lintel::conformance
