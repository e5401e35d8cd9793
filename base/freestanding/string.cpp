// The C functions behind std::string_view. Compiled with -fno-builtin, or a body could become a call of itself.
#include <string.h>

extern "C" {

size_t strlen(const char* text) {
    size_t length = 0;
    while (text[length] != '\0') ++length;
    return length;
}

void* memchr(const void* memory, int value, size_t count) {
    const auto* bytes = static_cast<const unsigned char*>(memory);
    for (size_t i = 0; i < count; ++i)
        if (bytes[i] == static_cast<unsigned char>(value)) return const_cast<unsigned char*>(bytes + i);
    return nullptr;
}
}
