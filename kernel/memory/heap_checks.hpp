// What a build with checks knows of each block of the heap: redzones around it that nobody may write to, who asked for
// it, and, once it is freed, that nobody writes to it any more.
// Invariant: a block that is freed keeps its place until it has left the quarantine, whole.
// Not locked: whoever has the checks locks them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/address.hpp"

namespace lintel {

enum class HeapFault : std::uint8_t { overrun, underrun, use_after_free, double_free, bad_free };

/// "buffer overrun"
std::string_view name_of(HeapFault fault);

/// What is wrong with a block, and whose it is.
struct HeapReport {
    HeapFault fault;
    std::uint64_t bytes;    // of the block, as they were asked for
    std::int64_t offset;    // of the byte that was written to, from the block's first one
    VirtAddr allocated_by;  // return addresses
    VirtAddr freed_by;      // 0 where it is not freed
};

/// Blocks that one place in the program asked for.
struct CallSite {
    VirtAddr caller;
    std::uint64_t blocks;
    std::uint64_t bytes;
};

class HeapChecks {
public:
    /// How much memory a block takes with all that goes around it; nothing where that does not fit a number.
    static std::optional<std::uint64_t> padded(std::uint64_t bytes, std::uint64_t alignment);

    /// Makes a block of `memory`, which has padded(bytes, alignment) bytes and that alignment.
    void* open(void* memory, std::uint64_t bytes, std::uint64_t alignment, VirtAddr caller);

    /// Checks a block and puts it into quarantine, filled with a pattern.
    std::optional<HeapReport> close(void* block, VirtAddr caller);

    /// The memory, of open(), of a block that has been in quarantine for long enough; null where all can stay. What is
    /// wrong with it comes in `report`.
    void* release(std::optional<HeapReport>& report);

    /// The same, for as long as there are any in quarantine.
    void* release_any(std::optional<HeapReport>& report);

    /// Looks at every block there is.
    [[nodiscard]] std::optional<HeapReport> check() const;

    /// The number of the block that is opened next.
    [[nodiscard]] std::uint64_t next_number() const { return next_number_; }

    /// Who asked for the blocks that are in use and have `since` or a higher number, as far as `room` goes: the
    /// number of places found.
    std::size_t call_sites(std::uint64_t since, std::span<CallSite> room) const;

private:
    struct Block;
    struct Queue {
        Block* first = nullptr;
        Block* last = nullptr;
        void push(Block* block);
        void remove(Block* block);
    };

    static constexpr std::uint64_t most_quarantined = 256 << 10;  // bytes

    static std::optional<HeapReport> check_redzones(const Block& block);
    static std::optional<HeapReport> check_contents(const Block& block);
    static std::uint64_t length(const Block& block);

    Queue in_use_{};
    Queue quarantine_{};
    std::uint64_t quarantined_ = 0;
    std::uint64_t next_number_ = 1;
};

}  // namespace lintel
