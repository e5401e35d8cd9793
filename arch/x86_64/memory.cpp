#include "arch/x86_64/memory.hpp"

#include <cstdint>

namespace lintel::arch {

// Words of eight bytes first, then the tail: short of a processor with fast short string operations that beats bytes,
// and in an emulator by the factor eight.
// Safety: the instructions touch just the `count` bytes that the caller vouches for; both ABIs that compile this
// demand a clear direction flag at every call, and each piece leaves it clear.

void copy_forward(void* to, const void* from, std::size_t count) {
    std::size_t words = count / 8;
    asm volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words)::"memory");
    std::size_t tail = count % 8;
    asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(tail)::"memory");
}

void move_memory(void* to, const void* from, std::size_t count) {
    // As unsigned distance, "below or behind" is one comparison.
    if (reinterpret_cast<std::uintptr_t>(to) - reinterpret_cast<std::uintptr_t>(from) >= count) {
        copy_forward(to, from, count);
        return;
    }
    auto* to_last = static_cast<unsigned char*>(to) + count - 1;
    const auto* from_last = static_cast<const unsigned char*>(from) + count - 1;
    std::size_t tail = count % 8;
    std::size_t words = count / 8;
    // Between the two, the pointers step from the last byte that is left to the last word that is left.
    asm volatile(
        "std\n\t"
        "rep movsb\n\t"
        "sub $7, %0\n\t"
        "sub $7, %1\n\t"
        "mov %3, %2\n\t"
        "rep movsq\n\t"
        "cld"
        : "+&D"(to_last), "+&S"(from_last), "+&c"(tail)
        : "r"(words)
        : "memory", "cc");
}

void fill_memory(void* to, unsigned char value, std::size_t count) {
    const std::uint64_t word = value * std::uint64_t{0x0101010101010101};
    std::size_t words = count / 8;
    asm volatile("rep stosq" : "+D"(to), "+c"(words) : "a"(word) : "memory");
    std::size_t tail = count % 8;
    asm volatile("rep stosb" : "+D"(to), "+c"(tail) : "a"(word) : "memory");
}

int compare_memory(const void* left, const void* right, std::size_t count) {
    const auto* l = static_cast<const unsigned char*>(left);
    const auto* r = static_cast<const unsigned char*>(right);
    for (std::size_t i = 0; i < count; ++i)
        if (l[i] != r[i]) return l[i] < r[i] ? -1 : 1;
    return 0;
}

}  // namespace lintel::arch
