// Drawing on a framebuffer.
#pragma once

#include <cstdint>

#include "protocol/limine.hpp"

/// A colour as 0xRRGGBB in the framebuffer's own layout. The framebuffer has 32 bits per pixel.
std::uint32_t pixel_of(const limine::Framebuffer& screen, std::uint32_t colour);

/// The pixel in that column and row; they lie within the screen.
volatile std::uint32_t& pixel_at(const limine::Framebuffer& screen, std::uint64_t x, std::uint64_t y);

/// Fills the screen with the picture. A screen of another depth than 32 bits stays as it is.
void paint(const limine::Framebuffer& screen);
