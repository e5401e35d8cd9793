#include "base/text.hpp"

namespace lintel::text_detail {
namespace {

void pad(Put put, void* sink, char fill, std::size_t count) {
    for (; count > 0; --count) put(sink, {&fill, 1});
}

void put_padded(Put put, void* sink, const Spec& spec, std::string_view sign, std::string_view text) {
    std::size_t length = sign.size() + text.size();
    std::size_t padding = spec.width > length ? spec.width - length : 0;
    if (spec.left) {
        put(sink, sign);
        put(sink, text);
        pad(put, sink, ' ', padding);
    } else if (spec.fill == '0') {
        put(sink, sign);
        pad(put, sink, '0', padding);
        put(sink, text);
    } else {
        pad(put, sink, ' ', padding);
        put(sink, sign);
        put(sink, text);
    }
}

void put_argument(Put put, void* sink, Spec spec, const Argument& argument) {
    if (argument.kind == Kind::text || argument.kind == Kind::boolean) {
        put_padded(put, sink, spec, {}, argument.text);
        return;
    }
    if (spec.type == 'c' || (argument.kind == Kind::character && spec.type == 0)) {
        char c = static_cast<char>(argument.number);
        put_padded(put, sink, spec, {}, {&c, 1});
        return;
    }
    std::uint64_t number = argument.number;
    std::string_view sign;
    unsigned base = spec.type == 'x' ? 16 : 10;
    if (argument.kind == Kind::signed_number && static_cast<std::int64_t>(number) < 0) {
        sign = "-";
        number = -number;
    }
    if (argument.kind == Kind::pointer) {
        sign = "0x";
        base = 16;
        if (spec.width == 0) spec = {.fill = '0', .width = 18, .left = false, .type = 'x'};
    }
    std::array<char, 20> digits;  // of the largest number
    std::size_t first = digits.size();
    do {
        digits[--first] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number != 0);
    put_padded(put, sink, spec, sign, std::string_view(digits.data(), digits.size()).substr(first));
}

}  // namespace

void format(Put put, void* sink, std::string_view format, std::span<const Argument> arguments) {
    while (!format.empty()) {
        std::size_t plain = format.find_first_of("{}");
        put(sink, format.substr(0, plain));
        if (plain == std::string_view::npos) return;
        char brace = format[plain];
        format.remove_prefix(plain + 1);
        if (!format.empty() && format.front() == brace) {
            put(sink, {&brace, 1});
            format.remove_prefix(1);
            continue;
        }
        Spec spec;
        parse_spec(format, spec);
        put_argument(put, sink, spec, arguments.front());
        arguments = arguments.subspan(1);
    }
}

}  // namespace lintel::text_detail
