// What code calls that was compiled with -fsanitize=undefined (the kernel that checks itself), where it has done what
// C++ gives no meaning: each names it, the values and the place, and panics.
// Invariant: the layouts are clang's (compiler-rt, lib/ubsan/ubsan_handlers.h, version 19); nothing here is checked
// itself. Release builds call nothing here, and the linker drops it.
#include <array>
#include <cstdint>
#include <string_view>

#include "base/result.hpp"
#include "base/text.hpp"

namespace lintel {
namespace {

struct Place {
    const char* file;
    std::uint32_t line;
    std::uint32_t column;
};

/// The name, in quotation marks, follows.
struct Type {
    std::uint16_t kind;
    std::uint16_t facts;
    // NOLINTNEXTLINE(modernize-avoid-c-arrays): as long as it is
    char name[1];
};
constexpr std::uint16_t integer_kind = 0;

/// An integer as the compiler hands it over: itself, or a pointer to it where it is larger than one.
using Value = std::uint64_t;

struct AtPlace {
    Place place;
};
struct OfType {
    Place place;
    const Type* type;
};
struct OfTwoTypes {
    Place place;
    const Type* left;
    const Type* right;
};
struct OfAccess {
    Place place;
    const Type* type;
    std::uint8_t alignment_bits;
    std::uint8_t kind;
};
struct OfAssumption {
    Place place;
    Place assumed;
    const Type* type;
};
struct OfBuiltin {
    Place place;
    std::uint8_t kind;
};
struct OfArgument {
    Place place;
    Place attribute;
    std::int32_t number;
};

/// In the order of their numbers.
constexpr std::array<std::string_view, 12> accesses = {"load of",        "store to",
                                                       "reference to",   "member access in",
                                                       "member call on", "constructor call on",
                                                       "downcast to",    "downcast to",
                                                       "upcast of",      "cast to a virtual base of",
                                                       "binding of",     "dynamic operation on"};

using Words = TextBuffer<200>;

std::string_view name_of(const Type& type) { return static_cast<const char*>(type.name); }
bool is_signed(const Type& type) { return (type.facts & 1) != 0; }
unsigned bits_of(const Type& type) { return 1U << (type.facts >> 1); }

std::int64_t extended(const Type& type, Value value) {
    const unsigned spare = 64 - bits_of(type);
    return static_cast<std::int64_t>(value << spare) >> spare;
}

Words text_of(const Type& type, Value value) {
    Words words;
    if (type.kind != integer_kind) {
        words.write("a value");
    } else if (bits_of(type) > 64) {
        // Safety: the compiler says where it put it.
        const auto* halves = reinterpret_cast<const std::uint64_t*>(value);
        print(words, "0x{:x}{:016x}", halves[1], halves[0]);
    } else if (is_signed(type)) {
        print(words, "{}", extended(type, value));
    } else {
        print(words, "{}", value);
    }
    return words;
}

/// Inline: its own name in the backtrace would say nothing.
template <class... Args>
[[noreturn, gnu::always_inline]] inline void report(const Place& place,
                                                    FormatString<std::type_identity_t<Args>...> format,
                                                    const Args&... args) {
    TextBuffer<500> words;
    words.write("undefined behaviour: ");
    print(words, format, args...);
    print(words, " ({}:{}:{})", std::string_view(place.file), place.line, place.column);
    panic(words.text(), std::source_location{});
}

[[noreturn]] void report_overflow(const OfType& data, std::string_view sign, Value left, Value right) {
    report(data.place, "{} {} {} does not fit {}", text_of(*data.type, left).text(), sign,
           text_of(*data.type, right).text(), name_of(*data.type));
}

[[noreturn]] void report_access(const OfAccess& data, std::uint64_t address) {
    const std::string_view access = data.kind < accesses.size() ? accesses[data.kind] : "access to";
    const std::uint64_t alignment = std::uint64_t{1} << data.alignment_bits;
    if (address == 0) report(data.place, "{} {} through a null pointer", access, name_of(*data.type));
    if (address % alignment != 0)
        report(data.place, "{} {} at {}, which is not aligned to {} bytes", access, name_of(*data.type),
               VirtAddr(address), alignment);
    report(data.place, "{} {} at {}, where there is no room for it", access, name_of(*data.type), VirtAddr(address));
}

}  // namespace
}  // namespace lintel

using namespace lintel;

// The names are the compiler's.
// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {

[[noreturn]] void __ubsan_handle_add_overflow_abort(const OfType* data, Value left, Value right);
[[noreturn]] void __ubsan_handle_sub_overflow_abort(const OfType* data, Value left, Value right);
[[noreturn]] void __ubsan_handle_mul_overflow_abort(const OfType* data, Value left, Value right);
[[noreturn]] void __ubsan_handle_divrem_overflow_abort(const OfType* data, Value left, Value right);
[[noreturn]] void __ubsan_handle_negate_overflow_abort(const OfType* data, Value value);
[[noreturn]] void __ubsan_handle_shift_out_of_bounds_abort(const OfTwoTypes* data, Value left, Value right);
[[noreturn]] void __ubsan_handle_out_of_bounds_abort(const OfTwoTypes* data, Value index);
[[noreturn]] void __ubsan_handle_type_mismatch_v1_abort(const OfAccess* data, std::uint64_t address);
[[noreturn]] void __ubsan_handle_pointer_overflow_abort(const AtPlace* data, std::uint64_t from, std::uint64_t to);
[[noreturn]] void __ubsan_handle_load_invalid_value_abort(const OfType* data, Value value);
[[noreturn]] void __ubsan_handle_alignment_assumption_abort(const OfAssumption* data, std::uint64_t address,
                                                            std::uint64_t alignment, std::uint64_t offset);
[[noreturn]] void __ubsan_handle_invalid_builtin_abort(const OfBuiltin* data);
[[noreturn]] void __ubsan_handle_nonnull_arg_abort(const OfArgument* data);
[[noreturn]] void __ubsan_handle_nonnull_return_v1_abort(const AtPlace* attribute, const Place* place);
[[noreturn]] void __ubsan_handle_builtin_unreachable(const AtPlace* data);
[[noreturn]] void __ubsan_handle_missing_return(const AtPlace* data);

void __ubsan_handle_add_overflow_abort(const OfType* data, Value left, Value right) {
    report_overflow(*data, "+", left, right);
}

void __ubsan_handle_sub_overflow_abort(const OfType* data, Value left, Value right) {
    report_overflow(*data, "-", left, right);
}

void __ubsan_handle_mul_overflow_abort(const OfType* data, Value left, Value right) {
    report_overflow(*data, "*", left, right);
}

void __ubsan_handle_divrem_overflow_abort(const OfType* data, Value left, Value right) {
    if (extended(*data->type, right) == 0) report(data->place, "{} divided by 0", text_of(*data->type, left).text());
    report_overflow(*data, "/", left, right);
}

void __ubsan_handle_negate_overflow_abort(const OfType* data, Value value) {
    report(data->place, "-({}) does not fit {}", text_of(*data->type, value).text(), name_of(*data->type));
}

void __ubsan_handle_shift_out_of_bounds_abort(const OfTwoTypes* data, Value left, Value right) {
    report(data->place, "{} of type {} shifted by {}", text_of(*data->left, left).text(), name_of(*data->left),
           text_of(*data->right, right).text());
}

void __ubsan_handle_out_of_bounds_abort(const OfTwoTypes* data, Value index) {
    report(data->place, "index {} of an array of type {}", text_of(*data->right, index).text(), name_of(*data->left));
}

void __ubsan_handle_type_mismatch_v1_abort(const OfAccess* data, std::uint64_t address) {
    report_access(*data, address);
}

void __ubsan_handle_pointer_overflow_abort(const AtPlace* data, std::uint64_t from, std::uint64_t to) {
    report(data->place, "a step from pointer {} to {}", VirtAddr(from), VirtAddr(to));
}

void __ubsan_handle_load_invalid_value_abort(const OfType* data, Value value) {
    report(data->place, "{} is no value of type {}", text_of(*data->type, value).text(), name_of(*data->type));
}

void __ubsan_handle_alignment_assumption_abort(const OfAssumption* data, std::uint64_t address, std::uint64_t alignment,
                                               std::uint64_t offset) {
    report(data->place, "{} was assumed to be aligned to {} bytes", VirtAddr(address - offset), alignment);
}

void __ubsan_handle_invalid_builtin_abort(const OfBuiltin* data) {
    report(data->place, "zeros were counted in 0, or what was assumed is false");
}

void __ubsan_handle_nonnull_arg_abort(const OfArgument* data) {
    report(data->place, "argument {} is null, and must not be", data->number);
}

void __ubsan_handle_nonnull_return_v1_abort(const AtPlace*, const Place* place) {
    report(*place, "null was returned, and must not be");
}

void __ubsan_handle_builtin_unreachable(const AtPlace* data) { report(data->place, "what cannot be reached was"); }

void __ubsan_handle_missing_return(const AtPlace* data) { report(data->place, "a function ended without a result"); }
}
// NOLINTEND(bugprone-reserved-identifier)
