#include "loader/uefi/graphics.hpp"

#include <bit>

namespace lintel::loader::uefi {
namespace {

struct Field {
    std::uint8_t size;
    std::uint8_t shift;
};

Field field_of(std::uint32_t mask) {
    if (mask == 0) return {0, 0};
    return {static_cast<std::uint8_t>(std::popcount(mask)), static_cast<std::uint8_t>(std::countr_zero(mask))};
}

/// Nothing for modes without a linear framebuffer.
std::optional<limine::VideoMode> describe(const EFI_GRAPHICS_OUTPUT_MODE_INFORMATION& info) {
    EFI_PIXEL_BITMASK masks{};
    switch (info.PixelFormat) {
        case PixelRedGreenBlueReserved8BitPerColor:
            masks = {0x0000ff, 0x00ff00, 0xff0000, 0xff000000};
            break;
        case PixelBlueGreenRedReserved8BitPerColor:
            masks = {0xff0000, 0x00ff00, 0x0000ff, 0xff000000};
            break;
        case PixelBitMask:
            masks = info.PixelInformation;
            break;
        default:
            return std::nullopt;
    }
    // A pixel is as wide as the highest bit that any mask uses (UEFI 2.10, 12.9, PixelBitMask).
    std::uint32_t used = masks.RedMask | masks.GreenMask | masks.BlueMask | masks.ReservedMask;
    auto bytes = static_cast<unsigned>(std::bit_width(used) + 7) / 8;
    Field red = field_of(masks.RedMask), green = field_of(masks.GreenMask), blue = field_of(masks.BlueMask);
    return limine::VideoMode{
        .pitch = std::uint64_t{info.PixelsPerScanLine} * bytes,
        .width = info.HorizontalResolution,
        .height = info.VerticalResolution,
        .bpp = static_cast<std::uint16_t>(bytes * 8),
        .memory_model = limine::MemoryModel::rgb,
        .red_mask_size = red.size,
        .red_mask_shift = red.shift,
        .green_mask_size = green.size,
        .green_mask_shift = green.shift,
        .blue_mask_size = blue.size,
        .blue_mask_shift = blue.shift,
    };
}

bool is(const limine::VideoMode& mode, Resolution wanted) {
    return mode.width == wanted.width && mode.height == wanted.height && mode.bpp == wanted.bpp;
}

/// Black, so that no kernel has to paint over what the firmware showed.
void clear(EFI_GRAPHICS_OUTPUT_PROTOCOL& output) {
    EFI_GRAPHICS_OUTPUT_BLT_PIXEL black{};
    const auto& info = *output.Mode->Info;
    output.Blt(&output, &black, EfiBltVideoFill, 0, 0, 0, 0, info.HorizontalResolution, info.VerticalResolution, 0);
}

}  // namespace

std::span<const Display> Graphics::displays(std::optional<Resolution> wanted) {
    count_ = 0;
    for (EFI_HANDLE handle : handles(*services_, EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID)) add(handle, wanted);
    return known();
}

void Graphics::add(EFI_HANDLE handle, std::optional<Resolution> wanted) {
    auto* output = protocol<EFI_GRAPHICS_OUTPUT_PROTOCOL>(*services_, handle, EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID);
    // The console splitter's output stands for all screens together and has no device, hence no path.
    if (output == nullptr || protocol<void>(*services_, handle, EFI_DEVICE_PATH_PROTOCOL_GUID) == nullptr) return;
    if (count_ == most_displays) return;

    auto& modes = modes_[count_];
    std::size_t mode_count = 0;
    std::optional<UINT32> target;
    for (UINT32 number = 0; number < output->Mode->MaxMode; ++number) {
        UINTN size = 0;
        EFI_GRAPHICS_OUTPUT_MODE_INFORMATION* info = nullptr;
        if (EFI_ERROR(output->QueryMode(output, number, &size, &info))) continue;
        auto mode = describe(*info);
        services_->FreePool(info);
        if (!mode) continue;
        if (wanted && is(*mode, *wanted) && !target) target = number;
        if (mode_count < modes.size()) modes[mode_count++] = *mode;
    }

    UINT32 found = found_mode(handle, *output);
    if (UINT32 mode = target.value_or(found); mode != output->Mode->Mode) output->SetMode(output, mode);
    auto current = describe(*output->Mode->Info);
    if (!current || output->Mode->FrameBufferBase == 0) return;
    clear(*output);
    Display& display = displays_[count_++];
    display = {
        .address = PhysAddr(output->Mode->FrameBufferBase), .mode = *current, .modes = {modes.data(), mode_count}};
    auto* edid = protocol<EFI_EDID_ACTIVE_PROTOCOL>(*services_, handle, EFI_EDID_ACTIVE_PROTOCOL_GUID);
    if (edid != nullptr && edid->Edid != nullptr) display.edid = std::as_bytes(std::span(edid->Edid, edid->SizeOfEdid));
}

/// The mode that the screen was in when it was first seen.
UINT32 Graphics::found_mode(EFI_HANDLE handle, const EFI_GRAPHICS_OUTPUT_PROTOCOL& output) {
    for (const FoundMode& found : std::span(found_modes_).first(found_mode_count_))
        if (found.handle == handle) return found.mode;
    if (found_mode_count_ < found_modes_.size()) found_modes_[found_mode_count_++] = {handle, output.Mode->Mode};
    return output.Mode->Mode;
}

}  // namespace lintel::loader::uefi
