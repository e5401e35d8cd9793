// Options that several commands share.
// Invariant: an option means the same wherever it appears.
#include "runner/cli/command_line.hpp"

namespace lintel::runner {

const std::map<std::string, LoaderWish> loader_words = {
    {"auto", LoaderWish::automatic}, {"lintel", LoaderWish::lintel}, {"limine", LoaderWish::limine}};

void add_loader(CLI::App& command, LoaderWish& wish) {
    add_choice(command, "--loader", wish, loader_words, "the boot loader: auto, lintel or limine")->group(boot_group);
}

void add_image_options(CLI::App& command, ImageOptions& options) {
    add_loader(command, options.loader);
    command.add_option("--kernel", options.kernel, "another kernel for the image")
        ->type_name("FILE")
        ->group(boot_group);
    command.add_option("--config", options.configuration, "another limine.conf for the image")
        ->type_name("FILE")
        ->group(boot_group);
    command.add_option("--cmdline", options.additions.command_line, "more for the kernel's command line")
        ->type_name("TEXT")
        ->group(boot_group);
    command.add_option("--module", options.additions.modules, "one more module; can be given several times")
        ->type_name("FILE")
        ->allow_extra_args(false)
        ->group(boot_group);
    command.add_option("--files", options.files, "a folder whose files go onto the volume as they are")
        ->type_name("DIR")
        ->group(boot_group);
    command.add_option("--loader-efi", options.efi_loader, "another BOOTX64.EFI for the image")
        ->type_name("FILE")
        ->group(boot_group);
}

void add_image_type(CLI::App& command, const std::string& name, ImageType& type) {
    add_choice(command, name, type, {{"iso", ImageType::iso}, {"disk", ImageType::disk}, {"esp", ImageType::esp}},
               "what the loader starts from: iso, disk (a raw disk), or esp (a folder)");
}

void add_firmware(CLI::App& command, FirmwareWish& wish) {
    add_choice(command, "--firmware", wish, {{"uefi", FirmwareWish::uefi}, {"direct", FirmwareWish::direct}},
               "how the machine starts: uefi, or direct, in a tenth of a second")
        ->group(machine_group);
}

void add_machine_options(CLI::App& command, MachineOptions& options) {
    add_firmware(command, options.firmware);
    add_choice(command, "--accel", options.accelerator,
               {{"auto", AcceleratorWish::automatic}, {"kvm", AcceleratorWish::kvm}, {"tcg", AcceleratorWish::tcg}},
               "how to run the machine's instructions: auto, kvm or tcg")
        ->group(machine_group);
    command.add_option("--memory", options.memory, "the machine's memory (512M)")
        ->type_name("SIZE")
        ->group(machine_group);
    command.add_option("--cpus", options.processors, "the machine's processors (1)")
        ->type_name("N")
        ->check(CLI::Range(1U, 255U))
        ->group(machine_group);
    command.add_flag("--verbose", options.verbose, "show the exact QEMU command")->group(machine_group);
}

void add_common_options(CLI::App& command, CommandLine& line) {
    command.get_help_ptr()->description("this text")->group(common_group);
    add_choice(command, "--color", line.colour,
               {{"auto", ColourWish::automatic}, {"always", ColourWish::always}, {"never", ColourWish::never}},
               "colour: auto (at a terminal, unless NO_COLOR is set), always or never")
        ->group(common_group);
}

}  // namespace lintel::runner
