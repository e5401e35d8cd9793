#include "kernel/memory/heap_checks.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

#include "base/checked.hpp"

namespace lintel {

/// In front of each block, with a redzone between the two; behind the block comes another one.
struct HeapChecks::Block {
    std::uint64_t magic;
    Block* next;
    Block* previous;
    std::uint64_t bytes;
    std::uint64_t front;  // from the memory's start to the block's
    std::uint64_t number;
    VirtAddr allocated_by;
    VirtAddr freed_by;
};

namespace {

constexpr std::uint64_t used_magic = 0x444553552d4c544c;
constexpr std::uint64_t freed_magic = 0x444545522d4c544c;

// Patterns that are no address, so that whoever follows a pointer of them faults.
constexpr std::byte fresh{0xa5};
constexpr std::byte dead{0xdd};
constexpr std::byte redzone{0xfb};

constexpr std::uint64_t redzone_bytes = 16;
constexpr std::uint64_t header_bytes = 64 + redzone_bytes;

std::uint64_t front_for(std::uint64_t alignment) {
    return align_up(header_bytes, std::max<std::uint64_t>(alignment, 16));
}

std::optional<std::size_t> first_other_than(std::byte pattern, const std::byte* bytes, std::size_t count) {
    const std::uint64_t wanted = static_cast<std::uint64_t>(pattern) * 0x0101010101010101;
    std::size_t at = 0;
    for (std::uint64_t word = 0; count - at >= sizeof(word); at += sizeof(word)) {
        std::memcpy(&word, bytes + at, sizeof(word));
        if (word != wanted) break;
    }
    for (; at < count; ++at)
        if (bytes[at] != pattern) return at;
    return std::nullopt;
}

}  // namespace

std::string_view name_of(HeapFault fault) {
    constexpr std::array<std::string_view, 5> names = {"buffer overrun", "buffer underrun", "use after free",
                                                       "double free", "free of what the heap never gave"};
    return names[static_cast<std::size_t>(fault)];
}

std::optional<std::uint64_t> HeapChecks::padded(std::uint64_t bytes, std::uint64_t alignment) {
    return checked_add(bytes, front_for(alignment) + redzone_bytes);
}

std::uint64_t HeapChecks::length(const Block& block) { return block.front + block.bytes + redzone_bytes; }

void HeapChecks::Queue::push(Block* block) {
    block->next = nullptr;
    block->previous = last;
    (last != nullptr ? last->next : first) = block;
    last = block;
}

void HeapChecks::Queue::remove(Block* block) {
    (block->previous != nullptr ? block->previous->next : first) = block->next;
    (block->next != nullptr ? block->next->previous : last) = block->previous;
}

void* HeapChecks::open(void* memory, std::uint64_t bytes, std::uint64_t alignment, VirtAddr caller) {
    static_assert(sizeof(Block) + redzone_bytes == header_bytes);
    const std::uint64_t front = front_for(alignment);
    auto* user = static_cast<std::byte*>(memory) + front;
    std::memset(user - redzone_bytes, static_cast<int>(redzone), redzone_bytes);
    std::memset(user, static_cast<int>(fresh), bytes);
    std::memset(user + bytes, static_cast<int>(redzone), redzone_bytes);
    in_use_.push(new (user - header_bytes)
                     Block{used_magic, nullptr, nullptr, bytes, front, next_number_++, caller, VirtAddr{}});
    return user;
}

std::optional<HeapReport> HeapChecks::close(void* user, VirtAddr caller) {
    // Safety: readable, as the caller has made sure; what is there is believed only with the magic number.
    auto* block = reinterpret_cast<Block*>(static_cast<std::byte*>(user) - header_bytes);
    if (block->magic == freed_magic)
        return HeapReport{HeapFault::double_free, block->bytes, 0, block->allocated_by, block->freed_by};
    if (block->magic != used_magic) return HeapReport{HeapFault::bad_free, 0, 0, caller, VirtAddr{}};
    if (const auto wrong = check_redzones(*block)) return wrong;
    in_use_.remove(block);
    block->magic = freed_magic;
    block->freed_by = caller;
    std::memset(user, static_cast<int>(dead), block->bytes);
    quarantine_.push(block);
    quarantined_ += length(*block);
    return std::nullopt;
}

void* HeapChecks::release(std::optional<HeapReport>& report) {
    return quarantined_ > most_quarantined ? release_any(report) : nullptr;
}

void* HeapChecks::release_any(std::optional<HeapReport>& report) {
    Block* block = quarantine_.first;
    if (block == nullptr) return nullptr;
    report = check_contents(*block);
    quarantine_.remove(block);
    quarantined_ -= length(*block);
    block->magic = 0;
    return reinterpret_cast<std::byte*>(block) + header_bytes - block->front;
}

std::optional<HeapReport> HeapChecks::check_redzones(const Block& block) {
    const auto* user = reinterpret_cast<const std::byte*>(&block) + header_bytes;
    HeapReport report{HeapFault::underrun, block.bytes, 0, block.allocated_by, block.freed_by};
    if (const auto at = first_other_than(redzone, user - redzone_bytes, redzone_bytes)) {
        report.offset = static_cast<std::int64_t>(*at) - static_cast<std::int64_t>(redzone_bytes);
        return report;
    }
    if (const auto at = first_other_than(redzone, user + block.bytes, redzone_bytes)) {
        report.fault = HeapFault::overrun;
        report.offset = static_cast<std::int64_t>(block.bytes + *at);
        return report;
    }
    return std::nullopt;
}

std::optional<HeapReport> HeapChecks::check_contents(const Block& block) {
    const auto* user = reinterpret_cast<const std::byte*>(&block) + header_bytes;
    const auto at = first_other_than(dead, user, block.bytes);
    if (!at) return check_redzones(block);
    return HeapReport{HeapFault::use_after_free, block.bytes, static_cast<std::int64_t>(*at), block.allocated_by,
                      block.freed_by};
}

std::optional<HeapReport> HeapChecks::check() const {
    for (const Block* block = in_use_.first; block != nullptr; block = block->next)
        if (const auto wrong = check_redzones(*block)) return wrong;
    for (const Block* block = quarantine_.first; block != nullptr; block = block->next)
        if (const auto wrong = check_contents(*block)) return wrong;
    return std::nullopt;
}

std::size_t HeapChecks::call_sites(std::uint64_t since, std::span<CallSite> room) const {
    std::size_t count = 0;
    for (const Block* block = in_use_.first; block != nullptr; block = block->next) {
        if (block->number < since) continue;
        const auto found = std::ranges::find(room.first(count), block->allocated_by, &CallSite::caller);
        if (found != room.begin() + static_cast<std::ptrdiff_t>(count)) {
            ++found->blocks;
            found->bytes += block->bytes;
        } else if (count < room.size()) {
            room[count++] = {block->allocated_by, 1, block->bytes};
        }
    }
    return count;
}

}  // namespace lintel
