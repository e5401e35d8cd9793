// See the header.
// Invariant: the image of the build is used as it is; only inputs that the build does not know make another one.
#include "runner/cli/setup.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "runner/check/print.hpp"
#include "runner/image/staging.hpp"

namespace lintel::runner {

namespace {

bool asks_for_nothing(const ImageOptions& options) {
    return options.kernel.empty() && options.configuration.empty() && options.efi_loader.empty() &&
           options.additions.empty() && options.files.empty() && !options.additions.halt &&
           options.type == ImageType::iso;
}

const char* name_of(ImageType type) {
    return type == ImageType::iso ? "os.iso" : (type == ImageType::disk ? "os.img" : "esp");
}

Outcome<fs::path> added_to(const fs::path& configuration, const Additions& additions,
                           std::optional<TemporaryFolder>& folder) {
    std::string text = TRY(read_file(configuration, "the configuration"));
    auto more = with_additions(text, additions);
    // Who added nothing hears from the loader what is wrong with the configuration.
    if (!more && additions.empty()) return configuration;
    if (!folder) folder = TRY(TemporaryFolder::make());
    fs::path result = folder->path() / "limine.conf";
    TRY(write_file(result, TRY(std::move(more))));
    return result;
}

/// QEMU takes these files itself, and says less when it cannot.
Outcome<void> check_readable(const BootVolume& volume) {
    for (const VolumeFile& file : files_of(volume))
        if (!Descriptor(::open(file.source.c_str(), O_RDONLY | O_CLOEXEC)).open() || !is_file(file.source))
            return refuse("cannot read {}: {}", file.source.string(), std::strerror(errno));
    return {};
}

Outcome<BootSource> prepare_direct(const Project& project, const ImageOptions& options) {
    if (options.loader == LoaderWish::limine || !options.efi_loader.empty())
        return refuse("only Lintel's own loader starts without firmware; use --firmware uefi");
    if (options.type != ImageType::iso) return refuse("a direct boot needs no image; use --firmware uefi for --image");
    BootSource source{.volume = {}, .loader = fmt::format("{} (started by QEMU)", project.direct_loader().string())};
    source.volume = TRY(volume_for(project, options, source.folder));
    TRY(check_readable(source.volume));
    if (!is_file(project.direct_loader()))
        return refuse("{} is not built; run `./lintel run`", project.direct_loader().string());
    return source;
}

}  // namespace

void say(std::string_view sentence) { fmt::print(stderr, "lintel: {}\n", sentence); }

void print(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

Outcome<LoaderChoice> loader_for(const Project& project, const ImageOptions& options) {
    LoaderPlaces places{.own = options.efi_loader.empty() ? project.loader() : fs::absolute(options.efi_loader)};
    places.limine_path = environment("LIMINE_PATH");
    return choose_loader(options.efi_loader.empty() ? options.loader : LoaderWish::lintel, places);
}

Outcome<BootVolume> volume_for(const Project& project, const ImageOptions& options,
                               std::optional<TemporaryFolder>& folder) {
    const fs::path standard = options.foreign ? project.configuration_for_any_kernel() : project.configuration();
    BootVolume volume{.configuration = options.configuration.empty() ? standard : fs::absolute(options.configuration),
                      .kernel = options.kernel.empty() ? project.kernel() : fs::absolute(options.kernel)};
    if (volume.kernel.empty()) return refuse("no kernel given; name one with --kernel FILE");
    for (const fs::path& module : options.additions.modules) {
        auto has_its_name = [&](const fs::path& other) { return other.filename() == module.filename(); };
        if (std::ranges::any_of(volume.modules, has_its_name))
            return refuse("two modules have the name {}", module.filename().string());
        volume.modules.push_back(fs::absolute(module));
    }
    if (!options.files.empty()) volume.others = TRY(files_below(options.files));
    if (!options.additions.empty() || options.additions.halt)
        volume.configuration = TRY(added_to(volume.configuration, options.additions, folder));
    return volume;
}

Outcome<BootSource> prepare_boot(const Project& project, const ImageOptions& options, FirmwareWish firmware) {
    if (firmware == FirmwareWish::direct) return prepare_direct(project, options);
    auto loader = TRY(loader_for(project, options));
    BootSource source{.volume = {}, .loader = loader.reason, .image = project.image()};
    source.volume = TRY(volume_for(project, options, source.folder));
    if (asks_for_nothing(options) && !loader.limine()) {
        if (!is_file(source.image)) return refuse("{} is not built; run `./lintel image`", source.image.string());
        return source;
    }
    if (asks_for_nothing(options)) {
        source.image = project.limine_image();
    } else {
        if (!source.folder) source.folder = TRY(TemporaryFolder::make());
        source.image = source.folder->path() / name_of(options.type);
    }
    TRY(make_image({source.volume, loader, options.type}, source.image));
    source.type = options.type;
    return source;
}

void ask_for_halt(const Project& project, ImageOptions& options) {
    if (project.installed()) return;
    std::error_code error;
    const fs::path kernel = options.kernel.empty() ? project.kernel() : fs::absolute(options.kernel);
    if (!fs::equivalent(kernel.parent_path(), project.kernel().parent_path(), error)) return;
    options.additions.halt = true;
}

Outcome<MachineSetup> prepare_machine(const Project& project, const MachineOptions& options, const BootSource& source) {
    auto emulator = TRY(find_emulator());
    auto choice = TRY(choose_accelerator(options.accelerator, accelerator_facts()));
    MachineSetup setup{.configuration = {.emulator = emulator}, .firmware = {}, .accelerator = choice.reason};
    if (options.firmware == FirmwareWish::direct) {
        auto bios = find_qboot(emulator);
        setup.firmware = bios ? fmt::format("{} (direct boot)", bios->string())
                              : "SeaBIOS, QEMU's own (direct boot; qboot.rom, which is quicker, was not found)";
        setup.configuration.boot =
            DirectBoot{.loader = project.direct_loader(), .bios = bios, .files = files_of(source.volume)};
    } else {
        auto firmware = TRY(find_firmware({.ovmf_path = environment("OVMF_PATH"), .emulator = emulator}));
        setup.firmware = firmware.reason;
        setup.configuration.boot =
            UefiBoot{.firmware = firmware, .image = source.image, .type = source.type, .bus = source.bus};
    }
    setup.configuration.accelerator = choice.accelerator;
    setup.configuration.memory = options.memory;
    setup.configuration.processors = options.processors;
    setup.configuration.extra = options.extra;
    return setup;
}

void open_window(MachineSetup& setup) {
    setup.configuration.window = true;
    auto* direct = std::get_if<DirectBoot>(&setup.configuration.boot);
    if (direct == nullptr || !direct->bios) return;
    // Behind a GTK or SDL window, qboot takes a PVH program for a Linux kernel and stops (QEMU 7.2); SeaBIOS does not.
    direct->bios.reset();
    setup.firmware = "SeaBIOS, QEMU's own (direct boot; qboot.rom does not start where QEMU has a window)";
}

void warn_about(const fs::path& kernel, ColourWish colour) {
    auto report = check_kernel_file(kernel);
    if (!report) return;
    std::erase_if(report->remarks, [](const Remark& one) { return one.severity == Severity::note; });
    const Palette palette(choose_colour(colour, colour_facts(STDERR_FILENO)));
    fmt::print(stderr, "{}", text_of(report->remarks, palette));
}

void announce(const BootSource& source, const MachineSetup& setup) {
    say(fmt::format("kernel       {} (with symbols, for GDB)", source.volume.kernel.string()));
    if (!source.image.empty()) say(fmt::format("image        {}", source.image.string()));
    say(fmt::format("loader       {}", source.loader));
    say(fmt::format("firmware     {}", setup.firmware));
    say(fmt::format("accelerator  {}", setup.accelerator));
}

}  // namespace lintel::runner
