// Small blocks, each of a size class: a class cuts slabs of four frames into equal blocks and keeps a bit for each.
// Invariant: a block's bit alone says whether it is handed out, nothing is written into one that is not, and what is
// freed is checked against its slab first; so a stray or doubled free is found before it does harm.
// Not locked: whoever has a class locks it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/address.hpp"

namespace lintel {

inline constexpr unsigned slab_order = 2;
inline constexpr std::uint64_t slab_bytes = page_size << slab_order;

/// Those that are powers of two serve whoever asks for an alignment; the others are what fits a slab without waste.
inline constexpr std::array<std::uint32_t, 18> slab_sizes = {16,  32,  48,   64,   96,   128,  192,  256,  384,
                                                             512, 768, 1024, 1344, 2048, 3232, 4096, 5408, 8112};

/// Which class blocks of that size and alignment (a power of two) come from; nothing where none has such blocks.
std::optional<unsigned> size_class_for(std::uint64_t bytes, std::uint64_t alignment);

/// Where slabs come from: memory of 2^order frames, aligned to its size.
class BlockSource {
public:
    /// Nothing where there is none left.
    virtual void* take(unsigned order) = 0;
    virtual void give(void* block, unsigned order) = 0;

protected:
    ~BlockSource() = default;
};

/// What is wrong with a pointer that is freed.
enum class BadFree : std::uint8_t { not_from_heap, within_a_block, twice };

struct SlabStatistics {
    std::uint64_t slabs = 0;
    std::uint64_t blocks = 0;  // handed out
};

class SizeClass {
public:
    constexpr explicit SizeClass(unsigned number = 0) : number_(number) {}

    /// A block, with whatever is in it; null where `source` has no memory left.
    void* allocate(BlockSource& source);

    /// Takes a block of this class back; a slab without blocks goes back to `source` where there is another one with
    /// room. Says what is wrong where that cannot be, and does nothing.
    std::optional<BadFree> free(void* block, BlockSource& source);

    [[nodiscard]] SlabStatistics statistics() const { return statistics_; }

    /// The class whose slab `block` lies in; nothing where there is no slab. Readable memory must be all around it.
    static std::optional<unsigned> class_of(const void* block);

private:
    static constexpr std::size_t bit_words = 16;
    struct Slab {
        std::uint64_t magic;
        Slab* next;
        Slab* previous;
        std::uint32_t number;  // of the class
        std::uint32_t used;
        std::array<std::uint64_t, bit_words> free;
    };
    static_assert(sizeof(Slab) == 160);

    [[nodiscard]] std::uint32_t size() const { return slab_sizes[number_]; }
    [[nodiscard]] std::uint32_t first_block() const;
    [[nodiscard]] std::uint32_t blocks_in_slab() const {
        return static_cast<std::uint32_t>(slab_bytes - first_block()) / size();
    }
    static Slab* slab_of(const void* block);
    Slab* make_slab(BlockSource& source);
    void put_first(Slab* slab);
    void remove(Slab* slab);

    unsigned number_;
    Slab* with_room_ = nullptr;  // all slabs of which a block can be had
    SlabStatistics statistics_{};
};

}  // namespace lintel
