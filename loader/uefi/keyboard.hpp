// Keys through the firmware's console, which on most machines is the keyboard and the serial line at once.
#pragma once

#include "loader/core/console.hpp"
#include "loader/uefi/uefi.hpp"

namespace lintel::loader::uefi {

class UefiKeyboard final : public Keyboard {
public:
    explicit UefiKeyboard(EFI_SYSTEM_TABLE& table) : input_(table.ConIn), services_(table.BootServices) {}

    std::optional<KeyPress> wait(std::uint32_t milliseconds) override;

private:
    EFI_SIMPLE_TEXT_IN_PROTOCOL* input_;
    EFI_BOOT_SERVICES* services_;
    EFI_EVENT timer_ = nullptr;
};

}  // namespace lintel::loader::uefi
