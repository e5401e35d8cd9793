#include "loader/uefi/keyboard.hpp"

#include <array>

namespace lintel::loader::uefi {
namespace {

/// UEFI 2.10, 12.1.2 (table 12.1) and 12.3.
KeyPress key_of(const EFI_INPUT_KEY& input) {
    switch (input.ScanCode) {
        case SCAN_UP:
            return Key::up;
        case SCAN_DOWN:
            return Key::down;
        case SCAN_RIGHT:
            return Key::right;
        case SCAN_LEFT:
            return Key::left;
        case SCAN_HOME:
            return Key::home;
        case SCAN_END:
            return Key::end;
        case SCAN_PAGE_UP:
            return Key::page_up;
        case SCAN_PAGE_DOWN:
            return Key::page_down;
        case SCAN_DELETE:
            return Key::erase;
        case SCAN_F10:
            return Key::boot;
        case SCAN_ESC:
            return Key::escape;
        case SCAN_NULL:
            return input.UnicodeChar <= 0x7f ? KeyPress::of_byte(static_cast<char>(input.UnicodeChar)) : Key::other;
        default:
            return Key::other;
    }
}

}  // namespace

std::optional<KeyPress> UefiKeyboard::wait(std::uint32_t milliseconds) {
    if (timer_ == nullptr && EFI_ERROR(services_->CreateEvent(EVT_TIMER, TPL_APPLICATION, nullptr, nullptr, &timer_)))
        return std::nullopt;
    // In units of 100 ns (UEFI 2.10, 7.1.7).
    services_->SetTimer(timer_, TimerRelative, UINT64{milliseconds} * 10'000);
    // A machine without a console has no keys, and only time passes.
    std::array<EFI_EVENT, 2> events{timer_, input_ != nullptr ? input_->WaitForKey : nullptr};
    UINTN which = 0;
    services_->WaitForEvent(input_ != nullptr ? 2 : 1, events.data(), &which);
    EFI_INPUT_KEY input{};
    if (input_ == nullptr || which == 0 || EFI_ERROR(input_->ReadKeyStroke(input_, &input))) return std::nullopt;
    return key_of(input);
}

}  // namespace lintel::loader::uefi
