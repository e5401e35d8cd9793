// An EFI application for the loader to start: it says on the serial port what it was told, reads the file beside it
// from the device that it was told to come from, and comes back with EFI_ABORTED.
// Invariant: all that it knows comes from its own EFI_LOADED_IMAGE_PROTOCOL (UEFI 2.10, 9.1).
#include <efi.h>

#include <array>
#include <span>

#include "arch/arch.hpp"
#include "arch/serial.hpp"
#include "base/bytes.hpp"
#include "base/text.hpp"

namespace lintel {

void panic(std::string_view, std::source_location) {
    arch::disable_interrupts();
    while (true) arch::wait_for_interrupt();
}

namespace {

template <class Protocol>
Protocol* protocol(EFI_BOOT_SERVICES& services, EFI_HANDLE handle, EFI_GUID guid) {
    void* interface = nullptr;
    return EFI_ERROR(services.HandleProtocol(handle, &guid, &interface)) ? nullptr : static_cast<Protocol*>(interface);
}

/// Without the null at the end. What is not ASCII shows its code.
void write_options(TextBuffer<512>& line, const EFI_LOADED_IMAGE& self) {
    std::span options(static_cast<const CHAR16*>(self.LoadOptions), self.LoadOptionsSize / sizeof(CHAR16));
    if (options.empty() || options.back() != 0) return print(line, "no null at the end");
    for (CHAR16 unit : options.first(options.size() - 1)) {
        char character = static_cast<char>(unit);
        if (unit < 0x7f)
            line.write({&character, 1});
        else
            print(line, "<{}>", unit);
    }
}

void write_note(TextBuffer<512>& line, EFI_BOOT_SERVICES& services, const EFI_LOADED_IMAGE& self) {
    auto* system = protocol<EFI_FILE_IO_INTERFACE>(services, self.DeviceHandle, EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID);
    if (system == nullptr) return print(line, "no file system");
    EFI_FILE_HANDLE root = nullptr, note = nullptr;
    std::u16string_view name = u"\\chain\\note.txt";
    // Safety: CHAR16 has another name only.
    auto* wire = reinterpret_cast<CHAR16*>(const_cast<char16_t*>(name.data()));
    if (EFI_ERROR(system->OpenVolume(system, &root)) || EFI_ERROR(root->Open(root, &note, wire, EFI_FILE_MODE_READ, 0)))
        return print(line, "no note");
    std::array<char, 64> text{};
    UINTN size = text.size();
    if (EFI_ERROR(note->Read(note, &size, text.data()))) return print(line, "no way to read the note");
    print(line, "{}", std::string_view(text.data(), size));
}

}  // namespace
}  // namespace lintel

extern "C" EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE* table) {
    using namespace lintel;
    EFI_BOOT_SERVICES& services = *table->BootServices;
    auto port = arch::SerialPort::open(arch::com1, 115200);
    const auto* self = protocol<EFI_LOADED_IMAGE>(services, image, EFI_LOADED_IMAGE_PROTOCOL_GUID);
    if (!port || self == nullptr) return EFI_DEVICE_ERROR;
    TextBuffer<512> line;
    print(line, "\nchained: told \"");
    write_options(line, *self);
    print(line, "\"\nchained: found \"");
    write_note(line, services, *self);
    print(line, "\"\n");
    port->write(line.text());
    return EFI_ABORTED;
}
