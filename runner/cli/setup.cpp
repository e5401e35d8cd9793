// See the header.
// Invariant: the image of the build is used as it is; only inputs that the build does not know make another one.
#include "runner/cli/setup.hpp"

#include <cstdio>

#include "runner/image/image.hpp"

namespace lintel::runner {

void say(std::string_view sentence) { fmt::print(stderr, "lintel: {}\n", sentence); }

Outcome<LoaderChoice> loader_for(const Project& project, const ImageOptions& options) {
    LoaderPlaces places{.own = options.efi_loader.empty() ? project.loader() : fs::absolute(options.efi_loader)};
    places.limine_path = environment("LIMINE_PATH");
    return choose_loader(options.efi_loader.empty() ? options.loader : LoaderWish::lintel, places);
}

Outcome<Image> prepare_image(const Project& project, const ImageOptions& options) {
    const fs::path kernel = options.kernel.empty() ? project.kernel() : fs::absolute(options.kernel);
    Image image{.path = project.image(), .kernel = kernel, .loader = TRY(loader_for(project, options))};
    const bool own_inputs = options.kernel.empty() && options.configuration.empty() && options.efi_loader.empty();
    if (own_inputs && !image.loader.limine()) {
        if (!is_file(image.path)) return refuse("{} is not built; run `./lintel image`", image.path.string());
        return image;
    }
    if (own_inputs) {
        image.path = project.limine_image();
    } else {
        image.folder = TRY(TemporaryFolder::make());
        image.path = image.folder->path() / "os.iso";
    }
    const fs::path configuration =
        options.configuration.empty() ? project.configuration() : fs::absolute(options.configuration);
    TRY(make_image({kernel, configuration, image.loader}, image.path));
    return image;
}

Outcome<MachineSetup> prepare_machine(const MachineOptions& options, const fs::path& image) {
    auto emulator = TRY(find_emulator());
    auto firmware = TRY(find_firmware({.ovmf_path = environment("OVMF_PATH"), .emulator = emulator}));
    auto choice = TRY(choose_accelerator(options.accelerator, accelerator_facts()));
    MachineConfiguration configuration{.emulator = emulator, .firmware = firmware};
    configuration.accelerator = choice.accelerator;
    configuration.image = image;
    configuration.memory = options.memory;
    configuration.processors = options.processors;
    configuration.extra = options.extra;
    return MachineSetup{configuration, choice.reason};
}

void announce(const Image& image, const MachineSetup& setup) {
    say(fmt::format("kernel       {} (with symbols, for GDB)", image.kernel.string()));
    say(fmt::format("image        {}", image.path.string()));
    say(fmt::format("loader       {}", image.loader.reason));
    say(fmt::format("firmware     {}", setup.configuration.firmware.reason));
    say(fmt::format("accelerator  {}", setup.accelerator_reason));
}

}  // namespace lintel::runner
