// Makes images: the kernel, its limine.conf and a boot loader, on one medium.
// Invariant: the same inputs give the same bytes, and what stands under the final name is complete.
#pragma once

#include "runner/image/boot_volume.hpp"
#include "runner/image/loader_choice.hpp"

namespace lintel::runner {

enum class ImageType {
    iso,   // for optical drives and USB sticks
    disk,  // a raw disk with a GUID partition table, for disks and USB sticks
    esp,   // a folder with what an EFI system partition holds
};

struct ImageInputs {
    BootVolume volume;
    LoaderChoice loader;
    ImageType type = ImageType::iso;
};

/// Makes the image under the name `output`, in place of what is there. A folder is replaced only where it is empty.
Outcome<void> make_image(const ImageInputs& inputs, const fs::path& output);

/// Makes the image once more, elsewhere, and compares. Fails where the two differ, and says where.
Outcome<void> verify_image(const ImageInputs& inputs, const fs::path& output);

/// Just enough of an ISO to start one EFI application.
Outcome<void> make_application_image(const fs::path& application, const fs::path& output);

}  // namespace lintel::runner
