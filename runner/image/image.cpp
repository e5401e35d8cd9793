// The ISO comes from xorriso, with an EFI system partition by mtools inside; see disk.cpp for the disk.
// Invariant: no time, no random number and no property of this machine reaches the image. Every date in it is
// image_date().
#include "runner/image/image.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "runner/image/disk.hpp"
#include "runner/image/staging.hpp"
#include "runner/image/tools.hpp"

namespace lintel::runner {

namespace {

constexpr const char* fat_serial = "4c494e54";

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

Outcome<std::vector<std::string>> iso_arguments(const fs::path& output) {
    const std::string date = xorriso_date(TRY(image_date()));
    return std::vector<std::string>{"xorriso",
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
    auto arguments = TRY(iso_arguments(output));
    for (const char* argument : {"-append_partition", "2", "0xef", esp.c_str(), "-appended_part_as_gpt", "-e",
                                 "--interval:appended_partition_2:all::", "-no-emul-boot", root.c_str()})
        arguments.emplace_back(argument);
    return run_tool(std::move(arguments), "make the ISO", "xorriso");
}

// As Limine's USAGE.md, "Creating a bootable ISO", asks for.
Outcome<void> make_limine_iso(const fs::path& root, const LimineFiles& limine, const fs::path& output) {
    auto arguments = TRY(iso_arguments(output));
    for (const char* argument : {"-b", "boot/limine/limine-bios-cd.bin", "-no-emul-boot", "-boot-load-size", "4",
                                 "-boot-info-table", "--efi-boot", "boot/limine/limine-uefi-cd.bin", "-efi-boot-part",
                                 "--efi-boot-image", "--protective-msdos-label", root.c_str()})
        arguments.emplace_back(argument);
    TRY(run_tool(std::move(arguments), "make the ISO", "xorriso"));
    return run_tool({limine.tool, "bios-install", output}, "make the ISO start from a disk under BIOS", "limine");
}

Outcome<void> stage_limine(const fs::path& root, const LimineFiles& limine, ImageType type) {
    const fs::path folder = "boot/limine";
    if (type != ImageType::esp) TRY(place(root, folder / "limine-bios.sys", limine.bios_sys, "Limine's"));
    if (type != ImageType::iso) return {};
    TRY(place(root, folder / "limine-bios-cd.bin", limine.bios_cd, "Limine's"));
    return place(root, folder / "limine-uefi-cd.bin", limine.uefi_cd, "Limine's");
}

Outcome<void> make_iso(const fs::path& root, const ImageInputs& inputs, const fs::path& work, const fs::path& output) {
    if (const auto* limine = std::get_if<LimineFiles>(&inputs.loader.files))
        return make_limine_iso(root, *limine, output);
    TRY(make_esp(inputs.loader.efi(), work / "esp.img"));
    return make_uefi_iso(root, work / "esp.img", output);
}

Outcome<void> check_folder_of(const fs::path& output) {
    fs::path folder = fs::absolute(output).parent_path();
    if (!is_folder(folder)) return refuse("cannot write {}: there is no folder {}", output.string(), folder.string());
    return {};
}

/// Gives everything in the tree the image's date. Folders come after what is in them, which would change theirs.
Outcome<void> set_dates(const fs::path& root) {
    timespec date{.tv_sec = static_cast<std::time_t>(TRY(image_date())), .tv_nsec = 0};
    const timespec both[] = {date, date};
    auto folders = TRY(folders_of(root));
    std::ranges::reverse(folders);
    for (const StagedFolder& folder : folders) {
        for (const fs::path& file : folder.files) ::utimensat(AT_FDCWD, (root / file).c_str(), both, 0);
        ::utimensat(AT_FDCWD, (root / folder.path).c_str(), both, 0);
    }
    return {};
}

Outcome<void> make_folder(const ImageInputs& inputs, const fs::path& output) {
    std::error_code error;
    if (fs::exists(output, error) && !(is_folder(output) && fs::is_empty(output, error)))
        return refuse("{} is there already; remove it, or choose another name", output.string());
    Pending pending(output);
    TRY(stage(pending.path(), inputs.volume, inputs.loader.efi(), FileSystem::fat));
    if (const auto* limine = std::get_if<LimineFiles>(&inputs.loader.files))
        TRY(stage_limine(pending.path(), *limine, inputs.type));
    TRY(set_dates(pending.path()));
    return pending.commit();
}

/// Where the two files differ first; nothing where they are the same.
std::optional<std::size_t> difference(std::string_view one, std::string_view other) {
    auto [a, b] = std::ranges::mismatch(one, other);
    if (a == one.end() && b == other.end()) return std::nullopt;
    return static_cast<std::size_t>(a - one.begin());
}

Outcome<void> compare(const fs::path& one, const fs::path& other) {
    auto at = difference(TRY(read_file(one, "the image")), TRY(read_file(other, "the image")));
    if (!at) return {};
    return std::unexpected(
        Failure{fmt::format("{}: made a second time, it differs from byte {} on", one.string(), *at), Exit{1}});
}

}  // namespace

Outcome<void> make_image(const ImageInputs& inputs, const fs::path& output) {
    TRY(check_folder_of(output));
    if (inputs.type == ImageType::esp) return make_folder(inputs, output);
    if (is_folder(output)) return refuse("cannot write {}: it is a folder", output.string());
    auto work = TRY(TemporaryFolder::make());
    const fs::path root = work.path() / "root";
    const bool iso = inputs.type == ImageType::iso;
    TRY(stage(root, inputs.volume, inputs.loader.efi(), iso ? FileSystem::iso9660 : FileSystem::fat));
    const auto* limine = std::get_if<LimineFiles>(&inputs.loader.files);
    if (limine != nullptr) TRY(stage_limine(root, *limine, inputs.type));
    Pending pending(output);
    if (iso)
        TRY(make_iso(root, inputs, work.path(), pending.path()));
    else
        TRY(make_disk(root, limine, pending.path()));
    return pending.commit();
}

Outcome<void> verify_image(const ImageInputs& inputs, const fs::path& output) {
    auto work = TRY(TemporaryFolder::make());
    const fs::path again = work.path() / "again";
    TRY(make_image(inputs, again));
    if (inputs.type != ImageType::esp) return compare(output, again);
    const auto folders = TRY(folders_of(output));
    if (!std::ranges::equal(folders, TRY(folders_of(again)), [](const StagedFolder& a, const StagedFolder& b) {
            return a.path == b.path && a.files == b.files;
        }))
        return std::unexpected(
            Failure{fmt::format("{}: made a second time, it has other files", output.string()), Exit{1}});
    for (const StagedFolder& folder : folders)
        for (const fs::path& file : folder.files) TRY(compare(output / file, again / file));
    return {};
}

Outcome<void> make_application_image(const fs::path& application, const fs::path& output) {
    TRY(check_folder_of(output));
    auto work = TRY(TemporaryFolder::make());
    const fs::path root = work.path() / "root";
    TRY(place(root, "EFI/BOOT/BOOTX64.EFI", application, "the boot loader"));
    TRY(make_esp(application, work.path() / "esp.img"));
    Pending pending(output);
    TRY(make_uefi_iso(root, work.path() / "esp.img", pending.path()));
    return pending.commit();
}

}  // namespace lintel::runner
