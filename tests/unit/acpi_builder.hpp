// ACPI tables for tests.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"

namespace lintel::acpi {

/// A table under construction; checksums are made right as it is put into memory.
struct Built {
    explicit Built(std::string_view signature, std::size_t size, std::uint8_t revision = 1) : bytes(size) {
        std::memcpy(bytes.data(), signature.data(), signature.size());
        put(4, static_cast<std::uint32_t>(size)).put(8, revision);
        std::memcpy(bytes.data() + 10, "LINTEL", 6);
    }
    template <class T>
    Built& put(std::size_t offset, T value) {
        std::memcpy(bytes.data() + offset, &value, sizeof value);
        return *this;
    }
    Built& text(std::size_t offset, std::string_view value) {
        std::memcpy(bytes.data() + offset, value.data(), value.size());
        return *this;
    }
    Built& sum(std::size_t at, std::size_t length) {
        bytes[at] = std::byte{0};
        unsigned total = 0;
        for (std::size_t i = 0; i < length; ++i) total += std::to_integer<unsigned>(bytes[i]);
        bytes[at] = static_cast<std::byte>(-total);
        return *this;
    }
    [[nodiscard]] Bytes finished() {
        sum(9, bytes.size());
        return bytes;
    }
    std::vector<std::byte> bytes;
};

}  // namespace lintel::acpi
