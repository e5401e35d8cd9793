// Reads of tables that the firmware left in memory, at addresses that the firmware wrote down.
// Invariant: nothing outside of what is mapped is read.
#pragma once

#include <cstdint>
#include <optional>

#include "base/address.hpp"
#include "base/bytes.hpp"

namespace lintel {

class PhysicalMemory {
public:
    /// All from `begin` to `end` can be reached through `map`. A pointer into the first page is not one.
    PhysicalMemory(DirectMap map, PhysAddr end, PhysAddr begin = PhysAddr(page_size))
        : map_(map), begin_(begin), end_(end) {}

    /// The `length` bytes at `base`; nothing where they cannot be there.
    [[nodiscard]] std::optional<Bytes> bytes(PhysAddr base, std::uint64_t length) const {
        if (base < begin_ || base >= end_ || length > end_ - base) return std::nullopt;
        return Bytes(map_.pointer<const std::byte>(base), length);
    }

private:
    DirectMap map_;
    PhysAddr begin_;
    PhysAddr end_;
};

/// Whether all bytes add up to 0 modulo 256, as ACPI's and SMBIOS's checksums want it.
inline bool sums_to_zero(Bytes bytes) {
    unsigned sum = 0;
    for (std::byte byte : bytes) sum += std::to_integer<unsigned>(byte);
    return (sum & 0xff) == 0;
}

}  // namespace lintel
