// The tree of files that an image holds, put together in a folder.
// Invariant: nothing in the tree comes from two sources, and the person's own files are only read.
#pragma once

#include <cstdint>

#include "runner/image/boot_volume.hpp"
#include "runner/image/loader_choice.hpp"

namespace lintel::runner {

enum class FileSystem { iso9660, fat };

/// Puts the volume's files and EFI/BOOT/BOOTX64.EFI under `root`, which it makes. Fails where two files have one name,
/// or where `system` cannot hold one of them under its name.
Outcome<void> stage(const fs::path& root, const BootVolume& volume, const fs::path& efi_loader, FileSystem system);

/// Adds one file to the tree, where there must be none yet. `what` is for the failure's sentence.
Outcome<void> place(const fs::path& root, const fs::path& path, const fs::path& source, std::string_view what);

/// A folder of the tree with its files, all by name; relative to the root.
struct StagedFolder {
    fs::path path;
    std::vector<fs::path> files{};
};

/// All folders below `root`, the root first and each before those in it, in an order that only the names decide.
Outcome<std::vector<StagedFolder>> folders_of(const fs::path& root);

/// All regular files below `folder`, links followed; each with its path from there, in the paths' order. Fails where
/// there is anything else.
Outcome<std::vector<VolumeFile>> files_below(const fs::path& folder);

/// 64 bits that are the same for the same tree only.
Outcome<std::uint64_t> fingerprint(const fs::path& root);

}  // namespace lintel::runner
