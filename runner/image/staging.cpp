// See the header. FAT's rules about names: Microsoft's FAT specification (2000), "Name Limits and Character Sets".
#include "runner/image/staging.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <span>

#include "base/blake2b.hpp"
#include "runner/host/process.hpp"

namespace lintel::runner {

namespace {

constexpr std::uintmax_t largest_fat_file = 0xffffffff;  // bytes

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

std::string in_lower_case(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; });
    return text;
}

Outcome<void> check_fat_name(const std::string& name) {
    const auto forbidden = [](char c) { return (c >= 0 && c < 0x20) || std::strchr("\"*:<>?\\|", c) != nullptr; };
    if (std::ranges::any_of(name, forbidden) || name.ends_with('.') || name.ends_with(' ') || name.size() > 255)
        return refuse("a FAT volume cannot hold the name {}; rename it, or make an ISO", name);
    return {};
}

Outcome<void> check_fat(const fs::path& root) {
    for (const StagedFolder& folder : TRY(folders_of(root))) {
        std::map<std::string, fs::path> seen;
        TRY(check_fat_name(folder.path.filename().string()));
        for (const fs::path& file : folder.files) {
            TRY(check_fat_name(file.filename().string()));
            auto [other, is_new] = seen.emplace(in_lower_case(file.filename().string()), file);
            if (!is_new)
                return refuse("{} and {} are one name on a FAT volume; rename one, or make an ISO",
                              other->second.string(), file.string());
            std::error_code error;
            if (fs::file_size(root / file, error) > largest_fat_file && !error)
                return refuse("{} is larger than the 4 GiB that a file on a FAT volume can have", file.string());
        }
    }
    return {};
}

}  // namespace

Outcome<void> place(const fs::path& root, const fs::path& path, const fs::path& source, std::string_view what) {
    const fs::path target = root / path;
    std::error_code ignored;
    if (fs::exists(target, ignored)) return refuse("two files for the image have the name {}", path.string());
    TRY(make_folders(target.parent_path()));
    return path == kernel_path ? place_kernel(source, target) : copy_file(source, target, what);
}

Outcome<void> stage(const fs::path& root, const BootVolume& volume, const fs::path& efi_loader, FileSystem system) {
    TRY(make_folders(root / "boot/limine"));
    for (const VolumeFile& file : files_of(volume)) {
        const bool configuration = file.path == configuration_path;
        const bool module = file.path.starts_with(std::string(module_folder) + "/");
        TRY(place(root, file.path, file.source,
                  configuration ? "the configuration" : (module ? "the module" : "the file")));
    }
    TRY(place(root, "EFI/BOOT/BOOTX64.EFI", efi_loader, "the boot loader"));
    if (system == FileSystem::fat) TRY(check_fat(root));
    return {};
}

Outcome<std::vector<StagedFolder>> folders_of(const fs::path& root) {
    std::map<fs::path, StagedFolder> folders = {{"", {}}};
    std::error_code error;
    for (fs::recursive_directory_iterator at(root, error), end; !error && at != end; at.increment(error)) {
        fs::path path = at->path().lexically_relative(root);
        if (at->is_directory())
            folders[path].path = path;
        else
            folders[path.has_parent_path() ? path.parent_path() : ""].files.push_back(path);
    }
    if (error) return refuse("cannot read the folder {}: {}", root.string(), error.message());
    std::vector<StagedFolder> result;
    for (auto& [path, folder] : folders) {
        std::ranges::sort(folder.files);
        result.push_back(std::move(folder));
    }
    return result;
}

Outcome<std::vector<VolumeFile>> files_below(const fs::path& folder) {
    if (!is_folder(folder)) return refuse("there is no folder {}", folder.string());
    std::vector<VolumeFile> files;
    std::error_code error;
    constexpr auto links = fs::directory_options::follow_directory_symlink;
    fs::recursive_directory_iterator at(folder, links, error);
    for (fs::recursive_directory_iterator end; !error && at != end; at.increment(error)) {
        const fs::path& path = at->path();
        if (at->is_directory(error)) continue;
        if (!is_file(path)) return refuse("{} is no regular file", path.string());
        std::string name = path.lexically_relative(folder).generic_string();
        if (name.contains('\n')) return refuse("a file's name in {} has a line break in it", folder.string());
        files.push_back({std::move(name), fs::absolute(path)});
        if (at.depth() > 32) return refuse("{} is too deep; a link may lead back up", folder.string());
    }
    if (error) return refuse("cannot read the folder {}: {}", folder.string(), error.message());
    std::ranges::sort(files, {}, &VolumeFile::path);
    return files;
}

Outcome<std::uint64_t> fingerprint(const fs::path& root) {
    std::string text;
    for (const StagedFolder& folder : TRY(folders_of(root)))
        for (const fs::path& file : folder.files) {
            const std::string bytes = TRY(read_file(root / file, "the file"));
            const Blake2bHash hash = blake2b(std::as_bytes(std::span(bytes)));
            text += file.generic_string();
            text += '\0';
            for (std::byte byte : hash) text += static_cast<char>(byte);
        }
    const Blake2bHash hash = blake2b(std::as_bytes(std::span(text)));
    std::uint64_t result = 0;
    std::memcpy(&result, hash.data(), sizeof result);
    return result;
}

}  // namespace lintel::runner
