// What C++ calls for `new` and `delete` ([new.delete]): each way leads to the heap, and says who called.
#include <new>

#include "kernel/memory/heap.hpp"

namespace std {
const nothrow_t nothrow{};
}

namespace {

constexpr std::uint64_t usual = __STDCPP_DEFAULT_NEW_ALIGNMENT__;

std::uint64_t number(std::align_val_t alignment) { return static_cast<std::uint64_t>(alignment); }

[[gnu::always_inline]] inline lintel::VirtAddr caller_here() {
    return lintel::VirtAddr(reinterpret_cast<std::uint64_t>(__builtin_return_address(0)));
}

}  // namespace

void* operator new(std::size_t bytes) { return lintel::must_allocate(bytes, usual, caller_here()); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
    return lintel::must_allocate(bytes, number(alignment), caller_here());
}
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
    return lintel::allocate_block(bytes, usual, caller_here());
}
void* operator new(std::size_t bytes, std::align_val_t alignment, const std::nothrow_t&) noexcept {
    return lintel::allocate_block(bytes, number(alignment), caller_here());
}
void operator delete(void* block) noexcept { lintel::free_block(block, caller_here()); }
void operator delete(void* block, std::size_t) noexcept { lintel::free_block(block, caller_here()); }
void operator delete(void* block, std::align_val_t) noexcept { lintel::free_block(block, caller_here()); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { lintel::free_block(block, caller_here()); }
void operator delete(void* block, const std::nothrow_t&) noexcept { lintel::free_block(block, caller_here()); }
void operator delete(void* block, std::align_val_t, const std::nothrow_t&) noexcept {
    lintel::free_block(block, caller_here());
}
void* operator new[](std::size_t bytes) { return lintel::must_allocate(bytes, usual, caller_here()); }
void* operator new[](std::size_t bytes, std::align_val_t alignment) {
    return lintel::must_allocate(bytes, number(alignment), caller_here());
}
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept {
    return lintel::allocate_block(bytes, usual, caller_here());
}
void* operator new[](std::size_t bytes, std::align_val_t alignment, const std::nothrow_t&) noexcept {
    return lintel::allocate_block(bytes, number(alignment), caller_here());
}
void operator delete[](void* block) noexcept { lintel::free_block(block, caller_here()); }
void operator delete[](void* block, std::size_t) noexcept { lintel::free_block(block, caller_here()); }
void operator delete[](void* block, std::align_val_t) noexcept { lintel::free_block(block, caller_here()); }
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept {
    lintel::free_block(block, caller_here());
}
void operator delete[](void* block, const std::nothrow_t&) noexcept { lintel::free_block(block, caller_here()); }
void operator delete[](void* block, std::align_val_t, const std::nothrow_t&) noexcept {
    lintel::free_block(block, caller_here());
}
