#include "base/fonts.hpp"

#include <array>
#include <span>

namespace lintel::fonts {
namespace {

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc23-extensions"

// The build makes these files: see cmake/Fonts.cmake.
constexpr unsigned char text_file[] = {
#embed "text.psf"
};

constexpr unsigned char title_file[] = {
#embed "title.psf"
};

#pragma clang diagnostic pop

}  // namespace

Bytes text() { return std::as_bytes(std::span(text_file)); }
Bytes title() { return std::as_bytes(std::span(title_file)); }

}  // namespace lintel::fonts
