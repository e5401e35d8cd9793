// Demangled names look like "R f<A, B>(P) const::{lambda(int)#1}::operator()(int) const".
// Invariant: nothing is cut unless its closing bracket is there.
#include "runner/debug_info/names.hpp"

#include <cxxabi.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace lintel::runner {

namespace {

/// Behind the bracket that closes the one at `open`; npos where none does.
std::size_t behind_bracket(std::string_view text, std::size_t open) {
    int depth = 0;
    for (std::size_t at = open; at < text.size(); ++at) {
        if (text[at] == text[open]) ++depth;
        const char closing = text[open] == '(' ? ')' : text[open] == '<' ? '>' : '}';
        if (text[at] == closing && --depth == 0) return at + 1;
    }
    return std::string_view::npos;
}

/// The length of a symbol that may stand behind "operator" and holds brackets.
std::size_t operator_length(std::string_view text) {
    for (std::string_view symbol : {"()", "<=>", "<<=", ">>=", "->*", "<<", ">>", "<=", ">=", "->", "<", ">"})
        if (text.starts_with(symbol)) return symbol.size();
    return 0;
}

std::string shorten(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        constexpr std::string_view unnamed = "(anonymous namespace)";
        if (text.substr(at).starts_with(unnamed)) {
            result += unnamed;
            at += unnamed.size();
        } else if (result.ends_with("operator") && operator_length(text.substr(at)) != 0) {
            const std::size_t length = operator_length(text.substr(at));
            result += text.substr(at, length);
            at += length;
        } else if (text[at] == '(' || text[at] == '<' || text[at] == '{') {
            const std::size_t end = behind_bracket(text, at);
            if (end == std::string_view::npos) return std::string(text);
            if (text[at] == '{') {
                result += text.substr(at, text.find_first_of("(}", at) - at);
                result += '}';
            }
            at = end;
        } else if (text.substr(at).starts_with(" const") || text.substr(at).starts_with(" [clone")) {
            const std::size_t behind = at + 6;
            at = text[at + 1] == '[' ? text.size() : behind;
        } else if (text[at] == ' ' && !result.ends_with("operator")) {
            result.clear();  // what stood here was the return type
            ++at;
        } else {
            result += text[at++];
        }
    }
    return result.empty() ? std::string(text) : result;
}

/// Rust ends its names with "::h" and 16 hexadecimal digits.
void drop_rust_hash(std::string& name) {
    constexpr std::size_t length = 19;
    if (name.size() <= length) return;
    std::string_view tail = std::string_view(name).substr(name.size() - length);
    if (!tail.starts_with("::h")) return;
    if (std::ranges::all_of(tail.substr(3), [](unsigned char c) { return std::isxdigit(c) != 0; }))
        name.resize(name.size() - length);
}

}  // namespace

std::string readable_name(const char* symbol) {
    constexpr std::size_t longest = 4096;  // the demangler recurses
    const std::string_view name = symbol;
    if (!name.starts_with("_Z") || name.size() > longest) return symbol;
    int status = 0;
    std::unique_ptr<char, void (*)(void*)> demangled(abi::__cxa_demangle(symbol, nullptr, nullptr, &status), std::free);
    if (status != 0 || !demangled) return symbol;
    std::string result = shorten(demangled.get());
    drop_rust_hash(result);
    return result;
}

}  // namespace lintel::runner
