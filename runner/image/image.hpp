// Makes the ISO: the kernel, its limine.conf, and a boot loader, on one medium for optical drives and USB sticks.
// Invariant: the same inputs give the same bytes, and a file under the final name is complete.
#pragma once

#include "runner/image/boot_volume.hpp"
#include "runner/image/loader_choice.hpp"

namespace lintel::runner {

struct ImageInputs {
    BootVolume volume;
    LoaderChoice loader;
};

Outcome<void> make_image(const ImageInputs& inputs, const fs::path& output);

/// Just enough of an image to start one EFI application.
Outcome<void> make_application_image(const fs::path& application, const fs::path& output);

}  // namespace lintel::runner
