// Where the windows of PCI functions are, when no firmware has given them addresses (PCI Local Bus 3.0, 6.2.5): each
// base address register that is empty gets a piece of the machine's address space. Invariant: what has an address keeps
// it, and no two pieces overlap. What there is no room for stays without.
#pragma once

#include <concepts>
#include <cstdint>

namespace lintel::loader::direct {

template <typename T>
concept PciConfiguration = requires(T function, unsigned offset, std::uint32_t value) {
    { function.read(offset) } -> std::convertible_to<std::uint32_t>;
    function.write(offset, value);
};

/// A stretch of addresses that is given out from below.
class PciWindow {
public:
    constexpr PciWindow(std::uint32_t start, std::uint32_t end) : next_(start), end_(end) {}

    /// Room for `size` bytes, a power of two, aligned for that; zero where there is none.
    constexpr std::uint32_t take(std::uint32_t size) {
        const std::uint64_t base = (next_ + size - 1) & ~(std::uint64_t{size} - 1);
        if (base + size > end_) return 0;
        next_ = base + size;
        return static_cast<std::uint32_t>(base);
    }

private:
    std::uint64_t next_;
    std::uint64_t end_;
};

/// A base address register, as it reads before anything is written to it.
struct BaseAddress {
    unsigned offset;
    std::uint32_t value, upper;
    bool io, wide;

    [[nodiscard]] std::uint32_t flags() const { return io ? 0x3 : 0xf; }
    [[nodiscard]] bool empty() const { return (value & ~flags()) == 0 && upper == 0; }
};

template <PciConfiguration Function, typename Visit>
void for_each_base_address(Function& function, Visit&& visit) {
    constexpr unsigned header = 0x0c, first = 0x10;
    constexpr std::uint32_t io_space = 0x1, width = 0x6, is_64_bits = 0x4;
    const std::uint32_t type = function.read(header) >> 16 & 0x7f;
    const unsigned count = type == 0 ? 6 : type == 1 ? 2 : 0;
    for (unsigned i = 0; i < count; ++i) {
        BaseAddress bar{
            .offset = first + 4 * i, .value = function.read(first + 4 * i), .upper = 0, .io = false, .wide = false};
        bar.io = (bar.value & io_space) != 0;
        bar.wide = !bar.io && (bar.value & width) == is_64_bits && i + 1 < count;
        if (bar.wide) bar.upper = function.read(first + 4 * ++i);
        visit(bar);
    }
}

/// Whether one of the function's registers has an address.
template <PciConfiguration Function>
bool has_window(Function& function) {
    bool found = false;
    for_each_base_address(function, [&](const BaseAddress& bar) { found = found || !bar.empty(); });
    return found;
}

/// Gives addresses to one function, and lets it answer at them.
template <PciConfiguration Function>
void place_windows(Function& function, PciWindow& memory, PciWindow& io) {
    constexpr unsigned command = 0x04;
    constexpr std::uint32_t answers_io = 1, answers_memory = 2;
    const std::uint32_t before = function.read(command) & 0xffff;
    std::uint32_t after = before;
    // While its size is asked for, a register has an address that nothing may answer at.
    function.write(command, before & ~(answers_io | answers_memory));
    for_each_base_address(function, [&](const BaseAddress& bar) {
        if (!bar.empty()) return;
        function.write(bar.offset, ~std::uint32_t{0});
        // The lowest bit that can be set is the size; a register for I/O may have no more than 16.
        const std::uint32_t bits = function.read(bar.offset) & ~bar.flags();
        const std::uint32_t size = bits & (~bits + 1);
        const std::uint32_t base = size == 0 ? 0 : (bar.io ? io : memory).take(size);
        function.write(bar.offset, base);
        if (base != 0) after |= bar.io ? answers_io : answers_memory;
    });
    function.write(command, after);
}

}  // namespace lintel::loader::direct
