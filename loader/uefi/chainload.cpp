// LoadImage() and StartImage() (UEFI 2.10, 7.4).
#include "loader/uefi/chainload.hpp"

#include "loader/uefi/utf16.hpp"

namespace lintel::loader::uefi {

Status Chainloader::start(const Application& application) {
    auto [volume, path, file, command_line] = application;
    DevicePath place = drives_->path_to(*services_, volumes_->region_of(*volume));
    TRY(place.end_with_file(path));
    EFI_HANDLE handle = nullptr;
    if (EFI_STATUS status = services_->LoadImage(FALSE, image_, place.wire(), file.data(), file.size(), &handle);
        EFI_ERROR(status))
        return fail(ErrorCode::malformed, "the firmware does not take this file for an EFI application", path,
                    status & ~EFIERR(0));

    std::array<char16_t, 4096> options;
    auto* loaded = protocol<EFI_LOADED_IMAGE>(*services_, handle, EFI_LOADED_IMAGE_PROTOCOL_GUID);
    if (!command_line.empty() && loaded != nullptr) {
        std::size_t units = TRY(encode_utf16(command_line, options));
        loaded->LoadOptions = options.data();
        loaded->LoadOptionsSize = static_cast<UINT32>(units * sizeof(char16_t));
    }
    EFI_STATUS status = services_->StartImage(handle, nullptr, nullptr);
    return fail(ErrorCode::device, "the EFI application came back", path, status & ~EFIERR(0));
}

}  // namespace lintel::loader::uefi
