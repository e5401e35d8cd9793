// The image, with xorriso for the ISO and mtools for the EFI system partition inside.
// Invariant: no time, no random number and no property of this machine reaches the image. Every date in it is `date`.
#include "runner/image/image.hpp"

#include "runner/host/process.hpp"

namespace lintel::runner {

namespace {

constexpr const char* date = "2025010100000000";  // as xorriso writes it
constexpr const char* date_epoch = "1735689600";  // the same moment, for the FAT file system's entries
constexpr const char* fat_serial = "4c494e54";
constexpr std::uintmax_t sector = 512;  // bytes

Outcome<void> run_tool(std::vector<std::string> arguments, std::string_view task, std::string_view package) {
    std::string name = arguments[0];
    auto program = find_program(name);
    if (!program) return refuse("{} is missing; install it with: apt-get install {}", name, package);
    arguments[0] = program->string();
    Launch launch{.arguments = std::move(arguments)};
    launch.environment = {{"SOURCE_DATE_EPOCH", date_epoch}, {"TZ", "UTC"}, {"LC_ALL", "C"}, {"MTOOLSRC", "/dev/null"}};
    auto finished = TRY(run(std::move(launch)));
    if (finished.status != 0)
        return refuse("{} failed to {} (exit code {}): {}", name, task, finished.status, last_lines(finished.text, 3));
    return {};
}

// 1 sector per cluster, so that nothing is wasted; the slack holds the file allocation tables and folders.
Outcome<void> make_esp(const fs::path& application, const fs::path& esp) {
    std::error_code error;
    std::uintmax_t size = fs::file_size(application, error);
    if (error) return refuse("cannot read the EFI application {}: {}", application.string(), error.message());
    std::uintmax_t sectors = size / sector + size / sector / 64 + 64;
    constexpr std::string_view task = "make the EFI system partition";
    TRY(run_tool({"mformat", "-i", esp, "-C", "-T", fmt::format("{}", sectors), "-h", "2", "-s", "18", "-c", "1", "-N",
                  fat_serial, "-v", "LINTEL", "::"},
                 task, "mtools"));
    TRY(run_tool({"mmd", "-i", esp, "::/EFI", "::/EFI/BOOT"}, task, "mtools"));
    return run_tool({"mcopy", "-i", esp, application, "::/EFI/BOOT/BOOTX64.EFI"}, task, "mtools");
}

std::vector<std::string> iso_arguments(const fs::path& output) {
    return {"xorriso",
            "-as",
            "mkisofs",
            "-quiet",
            "-r",
            "-no-pad",
            "-V",
            "LINTEL",
            fmt::format("--modification-date={}", date),
            "--set_all_file_dates",
            date,
            "-o",
            output};
}

// The partition is appended rather than a file in the tree, so that its bytes are there once for both ways in.
Outcome<void> make_uefi_iso(const fs::path& root, const fs::path& esp, const fs::path& output) {
    auto arguments = iso_arguments(output);
    for (const char* argument : {"-append_partition", "2", "0xef", esp.c_str(), "-appended_part_as_gpt", "-e",
                                 "--interval:appended_partition_2:all::", "-no-emul-boot", root.c_str()})
        arguments.emplace_back(argument);
    return run_tool(std::move(arguments), "make the ISO", "xorriso");
}

// As Limine's USAGE.md, "Creating a bootable ISO", asks for.
Outcome<void> make_limine_iso(const fs::path& root, const LimineFiles& limine, const fs::path& output) {
    const fs::path folder = root / "boot/limine";
    TRY(copy_file(limine.bios_sys, folder / "limine-bios.sys", "Limine's"));
    TRY(copy_file(limine.bios_cd, folder / "limine-bios-cd.bin", "Limine's"));
    TRY(copy_file(limine.uefi_cd, folder / "limine-uefi-cd.bin", "Limine's"));
    auto arguments = iso_arguments(output);
    for (const char* argument : {"-b", "boot/limine/limine-bios-cd.bin", "-no-emul-boot", "-boot-load-size", "4",
                                 "-boot-info-table", "--efi-boot", "boot/limine/limine-uefi-cd.bin", "-efi-boot-part",
                                 "--efi-boot-image", "--protective-msdos-label", root.c_str()})
        arguments.emplace_back(argument);
    TRY(run_tool(std::move(arguments), "make the ISO", "xorriso"));
    return run_tool({limine.tool, "bios-install", output}, "make the ISO start from a disk under BIOS", "limine");
}

// The image carries the kernel's symbols and not its debug information, which GDB reads from the build folder. What
// is no ELF, or a broken one, goes in as it is: judging it is the loader's task.
Outcome<void> place_kernel(const fs::path& kernel, const fs::path& target) {
    std::string bytes = TRY(read_file(kernel, "the kernel"));
    auto objcopy = find_program({"llvm-objcopy-19", "llvm-objcopy", "objcopy"});
    if (objcopy && bytes.starts_with("\x7f"
                                     "ELF")) {
        auto finished = TRY(run({.arguments = {*objcopy, "--strip-debug", kernel, target}}));
        if (finished.status == 0) return {};
    }
    return write_file(target, bytes);
}

Outcome<void> place_volume(const fs::path& root, const BootVolume& volume) {
    for (const VolumeFile& file : files_of(volume)) {
        const fs::path target = root / file.path;
        TRY(make_folders(target.parent_path()));
        if (is_file(target)) return refuse("two files for the image have the name {}", target.filename().string());
        if (file.path == kernel_path)
            TRY(place_kernel(file.source, target));
        else
            TRY(copy_file(file.source, target, file.path == configuration_path ? "the configuration" : "the module"));
    }
    return {};
}

Outcome<void> place_efi(const fs::path& root, const fs::path& application) {
    TRY(make_folders(root / "EFI/BOOT"));
    return copy_file(application, root / "EFI/BOOT/BOOTX64.EFI", "the boot loader");
}

Outcome<void> check_folder_of(const fs::path& output) {
    fs::path folder = fs::absolute(output).parent_path();
    if (!is_folder(folder)) return refuse("cannot write {}: there is no folder {}", output.string(), folder.string());
    return {};
}

}  // namespace

Outcome<void> make_image(const ImageInputs& inputs, const fs::path& output) {
    TRY(check_folder_of(output));
    auto work = TRY(TemporaryFolder::make());
    const fs::path root = work.path() / "iso_root";
    TRY(place_volume(root, inputs.volume));
    TRY(make_folders(root / "boot/limine"));
    TRY(place_efi(root, inputs.loader.efi()));

    PendingFile pending(output);
    if (const auto* limine = std::get_if<LimineFiles>(&inputs.loader.files)) {
        TRY(make_limine_iso(root, *limine, pending.path()));
    } else {
        TRY(make_esp(inputs.loader.efi(), work.path() / "esp.img"));
        TRY(make_uefi_iso(root, work.path() / "esp.img", pending.path()));
    }
    return pending.commit();
}

Outcome<void> make_application_image(const fs::path& application, const fs::path& output) {
    TRY(check_folder_of(output));
    auto work = TRY(TemporaryFolder::make());
    const fs::path root = work.path() / "iso_root";
    TRY(place_efi(root, application));
    TRY(make_esp(application, work.path() / "esp.img"));
    PendingFile pending(output);
    TRY(make_uefi_iso(root, work.path() / "esp.img", pending.path()));
    return pending.commit();
}

}  // namespace lintel::runner
