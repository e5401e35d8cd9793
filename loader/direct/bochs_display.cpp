#include "loader/direct/bochs_display.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "arch/x86_64/ports.hpp"
#include "loader/direct/pci.hpp"

namespace lintel::loader::direct {
namespace {

constexpr std::uint16_t index_port = 0x1ce;
constexpr std::uint16_t value_port = 0x1cf;

enum class Register : std::uint16_t {
    id = 0,
    width = 1,
    height = 2,
    bpp = 3,
    enable = 4,
    virtual_width = 6,
    memory_64k = 10,
};
constexpr std::uint16_t enabled = 0x01;
constexpr std::uint16_t linear_framebuffer = 0x40;

constexpr Resolution fallback{1280, 800, 32};
constexpr std::array<Resolution, 12> known = {{
    {640, 480},
    {800, 600},
    {1024, 768},
    {1280, 720},
    {1280, 800},
    {1280, 1024},
    {1440, 900},
    {1600, 900},
    {1680, 1050},
    {1920, 1080},
    {2560, 1440},
    {3840, 2160},
}};

std::uint16_t get(Register number) {
    arch::out16(index_port, static_cast<std::uint16_t>(number));
    return arch::in16(value_port);
}

void set(Register number, std::uint64_t value) {
    arch::out16(index_port, static_cast<std::uint16_t>(number));
    arch::out16(value_port, static_cast<std::uint16_t>(value));
}

/// How many bits of a pixel each colour has, blue being the lowest.
struct Pixel {
    std::uint16_t bits;
    std::uint8_t red, green, blue;
};
constexpr std::array<Pixel, 4> pixels = {{{15, 5, 5, 5}, {16, 5, 6, 5}, {24, 8, 8, 8}, {32, 8, 8, 8}}};

/// Nothing where the adapter cannot show that.
std::optional<limine::VideoMode> mode_of(Resolution resolution, std::uint64_t video_memory) {
    const auto* pixel = std::ranges::find(pixels, resolution.bpp, &Pixel::bits);
    if (pixel == pixels.end() || resolution.width == 0 || resolution.width > 16000 || resolution.width % 8 != 0 ||
        resolution.height == 0 || resolution.height > 12000)
        return std::nullopt;
    const std::uint64_t pitch = resolution.width * ((pixel->bits + 7U) / 8);
    if (pitch * resolution.height > video_memory) return std::nullopt;
    return limine::VideoMode{.pitch = pitch,
                             .width = resolution.width,
                             .height = resolution.height,
                             .bpp = pixel->bits,
                             .memory_model = limine::MemoryModel::rgb,
                             .red_mask_size = pixel->red,
                             .red_mask_shift = static_cast<std::uint8_t>(pixel->green + pixel->blue),
                             .green_mask_size = pixel->green,
                             .green_mask_shift = pixel->blue,
                             .blue_mask_size = pixel->blue,
                             .blue_mask_shift = 0};
}

// Firmware that does not enumerate PCI leaves open where the adapter's memory is; then it goes where QEMU's machines
// never have RAM, above the most that they put below 4 GiB: video memory, aligned for 256 MiB, and behind it the
// registers, of which the adapters for machines of old have none.
constexpr unsigned video_bar = 0x10, register_bar = 0x18;
constexpr std::uint32_t video_window = 0xe0000000, register_window = 0xf0000000;

PhysAddr place(const PciFunction& adapter, unsigned bar, std::uint32_t window) {
    std::uint32_t base = adapter.read(bar) & ~0xfU;
    if (base != 0) return PhysAddr(base);
    adapter.write(bar, window);
    return PhysAddr(adapter.read(bar) & ~0xfU);
}

void make_respond(const PciFunction& adapter) {
    constexpr unsigned command = 0x04;
    constexpr std::uint32_t to_io_and_memory = 0b11;
    adapter.write(command, adapter.read(command) | to_io_and_memory);
}

/// What the screen says of itself, at the beginning of the registers; nothing where it says nothing.
Bytes read_edid(PhysAddr registers, DirectMap memory) {
    constexpr std::size_t block = 128, room = 1024;  // VESA E-EDID A2, 2.1: blocks; QEMU: the room for them
    constexpr std::size_t extensions_at = 126;
    constexpr std::array<std::uint8_t, 8> header = {0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0};
    static std::array<std::byte, room> edid;
    if (registers.value() == 0) return {};
    // Safety: the adapter's own registers, mapped with the first 4 GiB.
    const auto* source = memory.pointer<const volatile std::uint8_t>(registers);
    for (std::size_t i = 0; i < block; ++i) edid[i] = std::byte{source[i]};
    const std::size_t size = block * (1 + std::to_integer<std::size_t>(edid[extensions_at]));
    if (size > room || std::memcmp(edid.data(), header.data(), header.size()) != 0) return {};
    for (std::size_t i = block; i < size; ++i) edid[i] = std::byte{source[i]};
    return std::span(edid).first(size);
}

}  // namespace

std::optional<Display> show_bochs_display(std::optional<Resolution> wanted, DirectMap memory) {
    auto adapter = PciFunction::find(0x1234, 0x1111);
    if (!adapter) return std::nullopt;
    PhysAddr video = place(*adapter, video_bar, video_window);
    PhysAddr registers = place(*adapter, register_bar, register_window);
    make_respond(*adapter);
    if ((get(Register::id) & 0xfff0) != 0xb0c0) return std::nullopt;
    std::uint64_t video_memory = std::uint64_t{get(Register::memory_64k)} << 16;
    auto mode = wanted ? mode_of(*wanted, video_memory) : std::nullopt;
    if (!mode) mode = mode_of(fallback, video_memory);
    if (!mode) return std::nullopt;

    set(Register::enable, 0);
    set(Register::width, mode->width);
    set(Register::height, mode->height);
    set(Register::bpp, mode->bpp);
    set(Register::virtual_width, mode->width);
    set(Register::enable, enabled | linear_framebuffer);
    // The attribute controller blanks the screen until bit 5 of its index is set (IBM VGA, "Attribute Controller").
    arch::in8(0x3da);
    arch::out8(0x3c0, 0x20);

    static std::array<limine::VideoMode, known.size()> modes;
    std::size_t count = 0;
    for (const auto& candidate : known)
        if (const auto possible = mode_of(candidate, video_memory)) modes[count++] = *possible;
    return Display{
        .address = video, .mode = *mode, .edid = read_edid(registers, memory), .modes = std::span(modes).first(count)};
}

}  // namespace lintel::loader::direct
