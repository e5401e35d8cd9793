#include "kernel/memory/slabs.hpp"

#include <algorithm>
#include <bit>
#include <new>

namespace lintel {
namespace {

constexpr std::uint64_t slab_magic = 0x42414c532d4c544c;
constexpr std::uint64_t always_aligned = 16;

}  // namespace

std::optional<unsigned> size_class_for(std::uint64_t bytes, std::uint64_t alignment) {
    if (bytes > slab_sizes.back() || alignment > page_size) return std::nullopt;
    if (alignment > always_aligned) bytes = std::bit_ceil(std::max(bytes, alignment));
    const auto* fitting = std::ranges::lower_bound(slab_sizes, bytes);
    if (fitting == slab_sizes.end()) return std::nullopt;
    return static_cast<unsigned>(fitting - slab_sizes.begin());
}

/// Blocks are as aligned as their size is.
std::uint32_t SizeClass::first_block() const {
    const std::uint32_t alignment = size() & -size();
    return static_cast<std::uint32_t>(align_up(sizeof(Slab), alignment));
}

SizeClass::Slab* SizeClass::slab_of(const void* block) {
    // Safety: slabs are aligned to their size; whether one is there at all is for the caller to find out.
    return reinterpret_cast<Slab*>(align_down(reinterpret_cast<std::uint64_t>(block), slab_bytes));
}

std::optional<unsigned> SizeClass::class_of(const void* block) {
    const Slab* slab = slab_of(block);
    // What lies at its start is no block of a slab.
    if (slab == block || slab->magic != slab_magic || slab->number >= slab_sizes.size()) return std::nullopt;
    return slab->number;
}

SizeClass::Slab* SizeClass::make_slab(BlockSource& source) {
    void* memory = source.take(slab_order);
    if (memory == nullptr) return nullptr;
    auto* slab = new (memory) Slab{slab_magic, nullptr, nullptr, number_, 0, {}};
    const std::uint32_t count = blocks_in_slab();
    for (std::uint32_t i = 0; i < bit_words; ++i) {
        if (count >= 64 * (i + 1))
            slab->free[i] = ~std::uint64_t{0};
        else if (count > 64 * i)
            slab->free[i] = (std::uint64_t{1} << (count % 64)) - 1;
    }
    put_first(slab);
    ++statistics_.slabs;
    return slab;
}

void* SizeClass::allocate(BlockSource& source) {
    Slab* slab = with_room_ != nullptr ? with_room_ : make_slab(source);
    if (slab == nullptr) return nullptr;
    std::uint32_t word = 0;
    while (slab->free[word] == 0) ++word;
    const std::uint32_t index = 64 * word + static_cast<std::uint32_t>(std::countr_zero(slab->free[word]));
    slab->free[word] &= slab->free[word] - 1;
    if (++slab->used == blocks_in_slab()) remove(slab);
    ++statistics_.blocks;
    return reinterpret_cast<std::byte*>(slab) + first_block() + std::uint64_t{index} * size();
}

std::optional<BadFree> SizeClass::free(void* block, BlockSource& source) {
    if (class_of(block) != number_) return BadFree::not_from_heap;
    Slab* slab = slab_of(block);
    const auto offset = static_cast<std::uint32_t>(static_cast<std::byte*>(block) - reinterpret_cast<std::byte*>(slab));
    if (offset < first_block() || (offset - first_block()) % size() != 0) return BadFree::within_a_block;
    const std::uint32_t index = (offset - first_block()) / size();
    if (index >= blocks_in_slab()) return BadFree::within_a_block;
    const std::uint64_t bit = std::uint64_t{1} << (index % 64);
    if ((slab->free[index / 64] & bit) != 0) return BadFree::twice;
    slab->free[index / 64] |= bit;
    --statistics_.blocks;
    if (slab->used-- == blocks_in_slab()) put_first(slab);
    if (slab->used == 0 && (slab->next != nullptr || slab->previous != nullptr)) {
        remove(slab);
        slab->magic = 0;
        --statistics_.slabs;
        source.give(slab, slab_order);
    }
    return std::nullopt;
}

void SizeClass::put_first(Slab* slab) {
    slab->previous = nullptr;
    slab->next = with_room_;
    if (with_room_ != nullptr) with_room_->previous = slab;
    with_room_ = slab;
}

void SizeClass::remove(Slab* slab) {
    (slab->previous != nullptr ? slab->previous->next : with_room_) = slab->next;
    if (slab->next != nullptr) slab->next->previous = slab->previous;
    slab->next = nullptr;
    slab->previous = nullptr;
}

}  // namespace lintel
