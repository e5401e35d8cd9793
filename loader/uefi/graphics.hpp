// The screens that the firmware drives (Graphics Output Protocol, UEFI 2.10, 12.9), as the protocol describes them.
#pragma once

#include <array>
#include <optional>
#include <span>

#include "loader/core/firmware.hpp"
#include "loader/uefi/uefi.hpp"

namespace lintel::loader::uefi {

class Graphics {
public:
    explicit Graphics(EFI_BOOT_SERVICES& services) : services_(&services) {}

    /// All screens with a linear framebuffer, in the firmware's order. A screen that can show `wanted` is switched
    /// to it first; the others go back to the mode that the loader found them in.
    std::span<const Display> displays(std::optional<Resolution> wanted);

    /// Those that displays() found last.
    [[nodiscard]] std::span<const Display> known() const { return {displays_.data(), count_}; }

private:
    void add(EFI_HANDLE handle, std::optional<Resolution> wanted);
    UINT32 found_mode(EFI_HANDLE handle, const EFI_GRAPHICS_OUTPUT_PROTOCOL& output);

    struct FoundMode {
        EFI_HANDLE handle;
        UINT32 mode;
    };

    static constexpr std::size_t most_displays = 8;
    static constexpr std::size_t most_modes = 64;
    EFI_BOOT_SERVICES* services_;
    std::array<Display, most_displays> displays_{};
    std::array<std::array<limine::VideoMode, most_modes>, most_displays> modes_{};
    std::size_t count_ = 0;
    std::array<FoundMode, most_displays> found_modes_{};
    std::size_t found_mode_count_ = 0;
};

}  // namespace lintel::loader::uefi
