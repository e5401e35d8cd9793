// Which boot loader an image gets: the real Limine where the person has it, ours otherwise.
// Invariant: a LimineFiles is complete; every path in it existed when it was made.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "runner/host/files.hpp"

namespace lintel::runner {

enum class LoaderWish { automatic, lintel, limine };

/// A binary release of Limine, as its own documentation names the files.
struct LimineFiles {
    fs::path efi;       // BOOTX64.EFI
    fs::path bios_sys;  // limine-bios.sys
    fs::path bios_cd;   // limine-bios-cd.bin
    fs::path uefi_cd;   // limine-uefi-cd.bin
    fs::path tool;      // the host program `limine`
};

struct LintelLoader {
    fs::path efi;
};

struct LoaderChoice {
    std::variant<LintelLoader, LimineFiles> files;
    std::string reason;  // a sentence for the person: which one and why

    [[nodiscard]] bool limine() const { return std::holds_alternative<LimineFiles>(files); }
    [[nodiscard]] const fs::path& efi() const {
        return std::visit([](const auto& loader) -> const fs::path& { return loader.efi; }, files);
    }
};

/// What the choice depends on, so that tests can set it.
struct LoaderPlaces {
    fs::path own;                              // our BOOTX64.EFI
    std::optional<std::string> limine_path{};  // the variable LIMINE_PATH
    fs::path distribution = "/usr/share/limine";
};

Outcome<LoaderChoice> choose_loader(LoaderWish wish, const LoaderPlaces& places);

}  // namespace lintel::runner
