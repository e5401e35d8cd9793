// Bounded reads from bytes that somebody else wrote: files, tables, disks.
// Invariant: no read leaves the span that was handed in, whatever offset is asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

namespace lintel {

using Bytes = std::span<const std::byte>;
using MutableBytes = std::span<std::byte>;

/// The `length` bytes at `offset`; nothing where they are not all there.
constexpr std::optional<Bytes> slice(Bytes bytes, std::uint64_t offset, std::uint64_t length) {
    if (offset > bytes.size() || length > bytes.size() - offset) return std::nullopt;
    return bytes.subspan(offset, length);
}

/// The `T` at `offset`, of any alignment, which the caller knows to be there. One instruction for a number:
/// freestanding code calls std::memcpy for real, and in a loop that is what counts.
template <class T>
    requires std::is_trivially_copyable_v<T>
T copy_at(Bytes bytes, std::uint64_t offset) {
    T value;
    __builtin_memcpy(&value, bytes.data() + offset, sizeof(T));
    return value;
}

/// The `T` at `offset`, of any alignment; nothing where it is not all there.
template <class T>
    requires std::is_trivially_copyable_v<T>
std::optional<T> read_at(Bytes bytes, std::uint64_t offset) {
    auto raw = slice(bytes, offset, sizeof(T));
    if (!raw) return std::nullopt;
    return copy_at<T>(*raw, 0);
}

/// The same bytes seen as text.
inline std::string_view as_text(Bytes bytes) {
    // Safety: char may alias any object, and the length is the span's.
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The same text seen as bytes.
inline Bytes as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace lintel
