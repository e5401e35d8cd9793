// For tests of what happens where there is no memory.
#pragma once

#include <new>

#include "kernel/memory/memory.hpp"

namespace lintel {

/// Takes all frames there are, and gives them back when it dies. The blocks are a list, each in its own first bytes.
class AllFrames {
public:
    AllFrames() {
        for (unsigned order = largest_order + 1; order-- > 0;)
            while (const auto block = frames().allocate(order)) {
                first_ = new (direct_map().pointer<void>(*block)) Block{first_, *block, order};
                count_ += std::uint64_t{1} << order;
            }
    }
    ~AllFrames() {
        while (first_ != nullptr) {
            const Block block = *first_;
            first_ = block.next;
            frames().free(block.place, block.order);
        }
    }
    AllFrames(const AllFrames&) = delete;
    AllFrames& operator=(const AllFrames&) = delete;

    [[nodiscard]] std::uint64_t count() const { return count_; }

private:
    struct Block {
        Block* next;
        PhysAddr place;
        unsigned order;
    };
    Block* first_ = nullptr;
    std::uint64_t count_ = 0;
};

}  // namespace lintel
