// See the header.
#include "tests/conformance/image.hpp"

#include <algorithm>
#include <array>

#include "base/address.hpp"

// Defined by the linker script; only their addresses mean anything.
extern "C" {
extern const char image_start[];
extern const char text_start[];
extern const char text_end[];
extern const char rodata_start[];
extern const char rodata_end[];
extern const char data_start[];
extern const char image_end[];
}

namespace lintel::conformance {
namespace {

std::uint64_t address_of(const char* symbol) { return reinterpret_cast<std::uint64_t>(symbol); }

Range pages(const char* start, const char* end) {
    return {address_of(start), align_up(address_of(end), page_size) - address_of(start)};
}

// More than a page, so that a whole page of it lies behind what the file holds.
constinit std::array<unsigned char, 3 * page_size> never_written{};

}  // namespace

Range image() { return pages(image_start, image_end); }
Range image_code() { return pages(text_start, text_end); }
Range image_constants() { return pages(rodata_start, rodata_end); }
Range image_data() { return pages(data_start, image_end); }

bool image_zeroes_are_zero() {
    // Through a volatile, because the compiler knows that nothing writes there.
    const volatile unsigned char* bytes = never_written.data();
    for (std::size_t i = 0; i < never_written.size(); ++i)
        if (bytes[i] != 0) return false;
    return true;
}

}  // namespace lintel::conformance
