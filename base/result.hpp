// How code here fails: bad input comes back as an Error, a broken invariant of our own ends in panic().
// Invariant: an Error needs no heap and owns nothing; what it points to outlives the attempt that it describes.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <source_location>
#include <string_view>
#include <utility>

namespace lintel {

enum class ErrorCode : std::uint8_t {
    not_found,      // a file, device or table that should be there is not
    malformed,      // input that breaks its format
    unsupported,    // valid input that this code does not handle
    out_of_memory,  // no room left
    device,         // hardware or firmware reported a failure
};

/// Whether an error has a number, and how it reads.
enum class Notation : std::uint8_t { none, decimal, address };

/// A string literal, kept as one pointer: errors are copied at each step on their way up, and many steps make a loader
/// large.
class Literal {
public:
    consteval Literal(const char* text) : text_(text) {}  // NOLINT(google-explicit-constructor): a literal is one
    constexpr operator std::string_view() const { return text_; }  // NOLINT(google-explicit-constructor): the same text

    friend constexpr bool operator==(Literal left, std::string_view right) { return std::string_view(left) == right; }
    /// For the streams of programs that have some.
    template <class Stream>
    friend Stream& operator<<(Stream& stream, Literal literal) {
        stream << std::string_view(literal);
        return stream;
    }

private:
    const char* text_;
};

/// What went wrong, as one sentence: `text`, then `subject` (a path, a name) and `number` where they are set.
struct Error {
    ErrorCode code;
    Notation notation = Notation::none;
    Literal text;
    std::string_view subject{};
    std::uint64_t number = 0;
};

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

inline std::unexpected<Error> fail(ErrorCode code, Literal text, std::string_view subject = {}) {
    return std::unexpected(Error{.code = code, .text = text, .subject = subject});
}

inline std::unexpected<Error> fail(ErrorCode code, Literal text, std::string_view subject, std::uint64_t number) {
    return std::unexpected(Error{code, Notation::decimal, text, subject, number});
}

/// The same about an address.
inline std::unexpected<Error> fail_at(ErrorCode code, Literal text, std::uint64_t address) {
    return std::unexpected(Error{code, Notation::address, text, {}, address});
}

/// The same error about something else.
inline std::unexpected<Error> fail_about(Error error, std::string_view subject) {
    error.subject = subject;
    return std::unexpected(error);
}

/// Ends the program, saying why and where. Each program supplies its own.
[[noreturn]] void panic(std::string_view why, std::source_location where = std::source_location::current());

/// For what only a bug of ours can make false.
inline void ensure(bool condition, std::string_view why, std::source_location where = std::source_location::current()) {
    if (!condition) [[unlikely]]
        panic(why, where);
}

}  // namespace lintel

/// The value of a Result; returns its error to our own caller otherwise. The one control-flow macro.
#define TRY(...)                                                    \
    __extension__({                                                 \
        auto try_result_ = (__VA_ARGS__);                           \
        if (!try_result_) [[unlikely]]                              \
            return std::unexpected(std::move(try_result_).error()); \
        *std::move(try_result_);                                    \
    })
