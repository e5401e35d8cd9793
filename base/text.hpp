// A small text formatter: "{}" and "{:x}" into any sink, checked at compile time, no heap, no locale.
// Understood inside the braces: an optional fill ' ' or '0' with a width, an optional '<' (left-align) and an
// optional type: x (hexadecimal), c (character). Braces are doubled to stand for themselves.
#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "base/address.hpp"

namespace lintel {

template <class S>
concept TextSink = requires(S& sink, std::string_view text) { sink.write(text); };

namespace text_detail {

enum class Kind : std::uint8_t { text, boolean, character, signed_number, unsigned_number, pointer };

struct Argument {
    Kind kind;
    std::uint64_t number = 0;
    std::string_view text{};
};

struct Spec {
    char fill = ' ';
    unsigned width = 0;
    bool left = false;
    char type = 0;
};

template <class T>
concept Formattable = std::convertible_to<const T&, std::string_view> || std::integral<T> || std::is_enum_v<T> ||
                      std::same_as<T, PhysAddr> || std::same_as<T, VirtAddr> || std::is_pointer_v<T>;

template <Formattable T>
Argument argument(const T& value) {
    if constexpr (std::convertible_to<const T&, std::string_view>)
        return {Kind::text, 0, std::string_view(value)};
    else if constexpr (std::same_as<T, bool>)
        return {Kind::boolean, value, value ? std::string_view("true") : std::string_view("false")};
    else if constexpr (std::same_as<T, char>)
        return {Kind::character, static_cast<unsigned char>(value), {}};
    else if constexpr (std::same_as<T, PhysAddr> || std::same_as<T, VirtAddr>)
        return {Kind::pointer, value.value(), {}};
    else if constexpr (std::is_pointer_v<T>)
        return {Kind::pointer, reinterpret_cast<std::uint64_t>(value), {}};
    else if constexpr (std::is_enum_v<T>)
        return {Kind::unsigned_number, static_cast<std::uint64_t>(static_cast<std::underlying_type_t<T>>(value)), {}};
    else if constexpr (std::signed_integral<T>)
        return {Kind::signed_number, static_cast<std::uint64_t>(static_cast<std::int64_t>(value)), {}};
    else
        return {Kind::unsigned_number, static_cast<std::uint64_t>(value), {}};
}

/// Reads the specification between '{' and '}'; `rest` starts behind '{' and ends up behind '}'.
constexpr bool parse_spec(std::string_view& rest, Spec& spec) {
    auto take = [&] {
        char c = rest.empty() ? '\0' : rest.front();
        if (!rest.empty()) rest.remove_prefix(1);
        return c;
    };
    char c = take();
    if (c == '}') return true;
    if (c != ':') return false;
    c = take();
    if (c == '<') {
        spec.left = true;
        c = take();
    }
    if (c == '0') {
        spec.fill = '0';
        c = take();
    }
    while (c >= '0' && c <= '9') {
        spec.width = spec.width * 10 + static_cast<unsigned>(c - '0');
        if (spec.width > 256) return false;
        c = take();
    }
    if (c == 'x' || c == 'c') {
        spec.type = c;
        c = take();
    }
    return c == '}';
}

/// Called at compile time when a format string does not fit its arguments; not constexpr, so that it is an error.
void format_string_does_not_fit_its_arguments();

template <std::size_t count>
consteval void check(std::string_view format, const std::array<bool, count>& numeric) {
    std::size_t used = 0;
    while (!format.empty()) {
        char c = format.front();
        format.remove_prefix(1);
        if (c != '{' && c != '}') continue;
        if (!format.empty() && format.front() == c) {
            format.remove_prefix(1);
            continue;
        }
        Spec spec;
        if (c == '}' || !parse_spec(format, spec) || used == count) format_string_does_not_fit_its_arguments();
        if (spec.type != 0 && !numeric[used]) format_string_does_not_fit_its_arguments();
        ++used;
    }
    if (used != count) format_string_does_not_fit_its_arguments();
}

using Put = void (*)(void* sink, std::string_view text);

void format(Put put, void* sink, std::string_view format, std::span<const Argument> arguments);

}  // namespace text_detail

/// A format string that was checked against the types it will be given.
template <class... Args>
struct FormatString {
    template <std::convertible_to<std::string_view> T>
    consteval FormatString(const T& format) : text(format) {  // NOLINT(google-explicit-constructor)
        text_detail::check<sizeof...(Args)>(
            text, std::array<bool, sizeof...(Args)>{!std::convertible_to<const Args&, std::string_view>...});
    }
    std::string_view text;
};

/// A checked format string and its arguments, as long as those live: for what prints them twice, or is no template.
struct Message {
    std::string_view format;
    std::span<const text_detail::Argument> arguments;
};

template <TextSink Sink>
void print(Sink& sink, const Message& message) {
    text_detail::format([](void* to, std::string_view text) { static_cast<Sink*>(to)->write(text); }, &sink,
                        message.format, message.arguments);
}

/// Writes `format`, with each "{}" replaced by the next argument, into `sink`.
template <TextSink Sink, class... Args>
void print(Sink& sink, FormatString<std::type_identity_t<Args>...> format, const Args&... args) {
    const std::array<text_detail::Argument, sizeof...(Args)> arguments{text_detail::argument(args)...};
    text_detail::format([](void* to, std::string_view text) { static_cast<Sink*>(to)->write(text); }, &sink,
                        format.text, arguments);
}

/// A sink with room for `capacity` characters; what does not fit is dropped.
template <std::size_t capacity>
class TextBuffer {
public:
    void write(std::string_view text) {
        for (char c : text)
            if (size_ < capacity) data_[size_++] = c;
    }
    void clear() { size_ = 0; }
    [[nodiscard]] std::string_view text() const { return {data_.data(), size_}; }

private:
    std::array<char, capacity> data_{};
    std::size_t size_ = 0;
};

}  // namespace lintel
