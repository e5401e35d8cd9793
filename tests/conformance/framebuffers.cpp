// Framebuffers and their modes.
// Invariant: pixels are written to the screen's last rows only, and only after all else has been judged.
#include <algorithm>

#include "base/address.hpp"
#include "tests/conformance/kernel.hpp"
#include "tests/conformance/memory.hpp"

namespace lintel::conformance {
namespace {

using enum limine::MemoryType;

/// The masks of a pixel format, as framebuffers and modes tell them alike.
template <class Format>
bool masks_fit(const Format& format) {
    auto mask = [](unsigned size, unsigned shift) { return ((std::uint64_t{1} << size) - 1) << shift; };
    std::uint64_t red = mask(format.red_mask_size, format.red_mask_shift);
    std::uint64_t green = mask(format.green_mask_size, format.green_mask_shift);
    std::uint64_t blue = mask(format.blue_mask_size, format.blue_mask_shift);
    bool there = red != 0 && green != 0 && blue != 0;
    bool apart = (red & green) == 0 && (red & blue) == 0 && (green & blue) == 0;
    return there && apart && format.bpp <= 64 && (red | green | blue) >> (format.bpp - 1) <= 1;
}

template <class Format>
bool rows_fit(const Format& format) {
    return format.width != 0 && format.height != 0 && format.pitch >= format.width * format.bpp / 8;
}

void judge_modes(Report& report, const limine::Framebuffer& framebuffer) {
    auto modes = std::span(framebuffer.modes, framebuffer.mode_count);
    bool there = report.promise(
        "the list of modes lies in bootloader-reclaimable memory",
        framebuffer.mode_count != 0 && points_into(modes.data(), modes.size_bytes(), bootloader_reclaimable) &&
            std::ranges::all_of(
                modes, [](const auto* mode) { return points_into(mode, sizeof *mode, bootloader_reclaimable); }));
    if (!there) return;
    report.promise("each mode's rows hold its width",
                   std::ranges::all_of(modes, [](const auto* mode) { return rows_fit(*mode); }));
    report.promise("each mode has the RGB memory model", std::ranges::all_of(modes, [](const auto* mode) {
                       return mode->memory_model == limine::MemoryModel::rgb;
                   }));
    report.promise("each mode's colour masks lie in a pixel and not on each other",
                   std::ranges::all_of(modes, [](const auto* mode) { return masks_fit(*mode); }));
    report.promise("the current mode is among the modes", std::ranges::any_of(modes, [&](const auto* mode) {
                       return mode->width == framebuffer.width && mode->height == framebuffer.height &&
                              mode->bpp == framebuffer.bpp;
                   }));
}

void judge_framebuffer(Report& report, const limine::Framebuffer& framebuffer) {
    const std::uint64_t size = framebuffer.pitch * framebuffer.height;
    report.promise("the memory model is RGB", framebuffer.memory_model == limine::MemoryModel::rgb);
    report.promise("a row holds the width", rows_fit(framebuffer), "{} pixels in {} bytes", framebuffer.width,
                   framebuffer.pitch);
    report.promise("the colour masks lie in a pixel and not on each other", masks_fit(framebuffer));
    report.promise("the address is in the direct map, in a framebuffer entry of the memory map",
                   points_into(framebuffer.address, size, limine::MemoryType::framebuffer), "it is {}",
                   framebuffer.address);
    report.promise("there is an EDID if and only if its size is not 0",
                   (framebuffer.edid == nullptr) == (framebuffer.edid_size == 0));
    constexpr std::string_view edid = "the EDID starts with its header, in bootloader-reclaimable memory";
    if (framebuffer.edid == nullptr)
        report.skip(edid, "there is none");
    else
        report.promise(edid, framebuffer.edid_size >= 128 &&
                                 points_into(framebuffer.edid, framebuffer.edid_size, bootloader_reclaimable) &&
                                 *static_cast<const std::uint64_t*>(framebuffer.edid) == 0x00ffffffffffff00);
}

/// What is written to the last row reads back: the memory is a screen's, whole.
bool holds_pixels(const limine::Framebuffer& framebuffer) {
    // Safety: the last four bytes of the framebuffer's last row, which was found to be mapped.
    auto* last = DirectMap().pointer<volatile std::uint32_t>(
        PhysAddr(reinterpret_cast<std::uint64_t>(framebuffer.address) + (framebuffer.height - 1) * framebuffer.pitch +
                 framebuffer.width * framebuffer.bpp / 8 - 4));
    *last = 0x00123456;
    return *last == 0x00123456;
}

}  // namespace

void judge_framebuffers(Report& report) {
    report.section("Framebuffer Feature");
    const auto* response = limine::request<limine::Framebuffers>.response();
    constexpr std::string_view lies = "the response lies in bootloader-reclaimable memory";
    if (response == nullptr) {
        report.skip(lies, "no framebuffer, hence no response");
        return;
    }
    if (!report.promise(lies, points_into(response, sizeof *response, bootloader_reclaimable))) return;
    report.promise("the response's revision is 0 or 1", response->revision <= 1, "it is {}", response->revision);
    if (!report.promise("a response has at least one framebuffer", response->framebuffer_count != 0)) return;
    bool there =
        report.promise("the framebuffers' structures lie in bootloader-reclaimable memory",
                       points_into(response->framebuffers, response->framebuffer_count * 8, bootloader_reclaimable) &&
                           std::ranges::all_of(response->view(), [](const auto* framebuffer) {
                               return points_into(framebuffer, sizeof *framebuffer, bootloader_reclaimable);
                           }));
    if (!there) return;
    const limine::Framebuffer& first = *response->view().front();
    judge_framebuffer(report, first);
    constexpr std::string_view modes = "the framebuffers tell their modes";
    if (report.promise(modes, response->revision >= 1, "the response's revision is {}", response->revision))
        judge_modes(report, first);
    bool mapped = is_mapped(first.address, first.pitch * first.height);
    report.promise("the framebuffer's memory holds what is written to its last row", mapped && holds_pixels(first));
}

}  // namespace lintel::conformance
