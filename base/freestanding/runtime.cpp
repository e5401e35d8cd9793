// What compiled C++ and libc++ expect of a C++ runtime, where there is none: every way to fail ends in panic().
// Invariant: nothing here is called unless the program has a bug.
#include <cstdarg>
#include <source_location>

#include "base/result.hpp"
#include "base/text.hpp"

namespace lintel {

[[noreturn]] void library_assertion_failed(const char* message) {
    std::string_view text = message;
    if (text.ends_with('\n')) text.remove_suffix(1);
    // The message names libc++'s file and line; ours would name this function.
    panic(text, std::source_location{});
}

[[gnu::noinline]] void library_assertion_failed() {
    TextBuffer<80> message;
    print(message, "a check of the standard library failed before {}", __builtin_return_address(0));
    panic(message.text(), std::source_location{});
}

}  // namespace lintel

// libc++ calls it where it would throw; all of its formats use nothing but %s.
void std::__libcpp_verbose_abort(const char* format, ...) {
    lintel::TextBuffer<256> message;
    std::va_list arguments;
    va_start(arguments, format);
    for (std::string_view rest = format; !rest.empty();) {
        std::size_t plain = rest.find("%s");
        message.write(rest.substr(0, plain));
        if (plain == std::string_view::npos) break;
        message.write(va_arg(arguments, const char*));
        rest.remove_prefix(plain + 2);
    }
    va_end(arguments);
    lintel::panic(message.text(), std::source_location{});
}

extern "C" [[noreturn]] void __cxa_pure_virtual();
extern "C" void __cxa_pure_virtual() { lintel::panic("a pure virtual function was called"); }
