// Firmware tables for tests, put into a fake machine's memory with their checksums right.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "fake_firmware.hpp"

namespace lintel::loader {

/// A table under construction.
class Table {
public:
    explicit Table(std::size_t size) : bytes(size) {}

    template <class T>
    Table& put(std::size_t offset, T value) {
        std::memcpy(bytes.data() + offset, &value, sizeof value);
        return *this;
    }
    Table& text(std::size_t offset, std::string_view value) {
        std::memcpy(bytes.data() + offset, value.data(), value.size());
        return *this;
    }
    /// Makes the first `length` bytes add up to zero by changing the one at `offset`.
    Table& checksum(std::size_t offset, std::size_t length) {
        unsigned sum = 0;
        for (std::size_t i = 0; i < length; ++i) sum += std::to_integer<unsigned>(bytes[i]);
        bytes[offset] = static_cast<std::byte>(std::to_integer<unsigned>(bytes[offset]) - sum);
        return *this;
    }

    std::vector<std::byte> bytes;
};

/// An ACPI table with its header (5.2.6), its payload zero.
inline Table acpi_table(std::string_view signature, std::size_t size) {
    Table table(size);
    table.text(0, signature).put(4, static_cast<std::uint32_t>(size));
    return table;
}

inline Table rsdp(std::uint32_t rsdt, std::uint64_t xsdt) {
    Table table(36);
    table.text(0, "RSD PTR ").put<std::uint8_t>(15, 2).put(16, rsdt).put<std::uint32_t>(20, 36).put(24, xsdt);
    return table.checksum(8, 20);
}

inline Table smbios_32(std::uint32_t structures, std::uint16_t length) {
    Table table(0x1f);
    table.text(0, "_SM_").put<std::uint8_t>(5, 0x1f).put(0x16, length).put(0x18, structures);
    return table.checksum(4, 0x1f);
}

inline Table smbios_64(std::uint64_t structures, std::uint32_t length) {
    Table table(0x18);
    table.text(0, "_SM3_").put<std::uint8_t>(6, 0x18).put(0x0c, length).put(0x10, structures);
    return table.checksum(5, 0x18);
}

}  // namespace lintel::loader
