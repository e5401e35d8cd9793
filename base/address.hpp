// Physical and virtual addresses as types that do not mix, and the one place that converts between them.
// Invariant: an address is a plain 64-bit number; nothing here touches the memory behind it.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

namespace lintel {

inline constexpr std::uint64_t page_size = 4096;
inline constexpr std::uint64_t large_page_size = 2 << 20;
inline constexpr std::uint64_t huge_page_size = 1 << 30;

/// Rounds down to a multiple of `alignment`, a power of two.
constexpr std::uint64_t align_down(std::uint64_t value, std::uint64_t alignment) { return value & ~(alignment - 1); }

/// Rounds up to a multiple of `alignment`, a power of two. The caller has made sure that the result fits.
constexpr std::uint64_t align_up(std::uint64_t value, std::uint64_t alignment) {
    return align_down(value + alignment - 1, alignment);
}

constexpr bool is_aligned(std::uint64_t value, std::uint64_t alignment) { return (value & (alignment - 1)) == 0; }

template <class Space>
class Address {
public:
    constexpr Address() = default;
    constexpr explicit Address(std::uint64_t value) : value_(value) {}

    [[nodiscard]] constexpr std::uint64_t value() const { return value_; }
    [[nodiscard]] constexpr Address page_down() const { return Address(align_down(value_, page_size)); }
    [[nodiscard]] constexpr Address page_up() const { return Address(align_up(value_, page_size)); }

    constexpr Address& operator+=(std::uint64_t bytes) {
        value_ += bytes;
        return *this;
    }
    friend constexpr Address operator+(Address address, std::uint64_t bytes) { return Address(address.value_ + bytes); }
    friend constexpr Address operator-(Address address, std::uint64_t bytes) { return Address(address.value_ - bytes); }
    friend constexpr std::uint64_t operator-(Address left, Address right) { return left.value_ - right.value_; }
    friend constexpr auto operator<=>(Address, Address) = default;

private:
    std::uint64_t value_ = 0;
};

using PhysAddr = Address<struct PhysicalSpace>;
using VirtAddr = Address<struct VirtualSpace>;

/// Where physical memory can be reached: at a fixed offset. The kernel's is the HHDM; a loader that runs
/// identity-mapped has offset 0; a test on the host lays it over a buffer.
class DirectMap {
public:
    constexpr DirectMap() = default;
    constexpr explicit DirectMap(std::uint64_t offset) : offset_(offset) {}

    [[nodiscard]] constexpr std::uint64_t offset() const { return offset_; }
    [[nodiscard]] constexpr VirtAddr virt(PhysAddr address) const { return VirtAddr(address.value() + offset_); }
    [[nodiscard]] constexpr PhysAddr phys(VirtAddr address) const { return PhysAddr(address.value() - offset_); }

    /// The object at `address`. The caller knows that it is there, mapped and aligned for `T`.
    template <class T>
    [[nodiscard]] T* pointer(PhysAddr address) const {
        // Safety: the promise above is the caller's; this is the only place that turns an address into a pointer.
        return reinterpret_cast<T*>(address.value() + offset_);
    }

private:
    std::uint64_t offset_ = 0;
};

}  // namespace lintel
