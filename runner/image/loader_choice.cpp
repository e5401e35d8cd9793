// The rules: a wish is obeyed; LIMINE_PATH is a wish; a distribution's Limine wins over ours where it is complete.
// Invariant: nothing is downloaded or built to fulfil a wish.
#include "runner/image/loader_choice.hpp"

namespace lintel::runner {

namespace {

Outcome<LimineFiles> limine_in(const fs::path& folder, std::string_view origin) {
    if (!is_folder(folder))
        return refuse("{} is not a folder; it should hold a binary release of Limine, with BOOTX64.EFI in it", origin);
    LimineFiles files{};
    const std::pair<const char*, fs::path*> wanted[] = {{"BOOTX64.EFI", &files.efi},
                                                        {"limine-bios.sys", &files.bios_sys},
                                                        {"limine-bios-cd.bin", &files.bios_cd},
                                                        {"limine-uefi-cd.bin", &files.uefi_cd}};
    for (auto [name, path] : wanted) {
        *path = folder / name;
        if (!is_file(*path)) return refuse("{} lacks {}; take a complete binary release of Limine", origin, name);
    }
    auto tool = find_program((folder / "limine").string());
    if (!tool) tool = find_program("limine");
    if (!tool) return refuse("{} lacks the host program limine, and PATH has none; run `make` in that folder", origin);
    files.tool = *tool;
    return files;
}

}  // namespace

Outcome<LoaderChoice> choose_loader(LoaderWish wish, const LoaderPlaces& places) {
    if (wish != LoaderWish::lintel && places.limine_path) {
        std::string origin = fmt::format("LIMINE_PATH={}", *places.limine_path);
        auto files = TRY(limine_in(fs::absolute(*places.limine_path).lexically_normal(), origin));
        return LoaderChoice{files, fmt::format("Limine, because {}", origin)};
    }
    if (wish != LoaderWish::lintel && (wish == LoaderWish::limine || is_folder(places.distribution))) {
        auto files = limine_in(places.distribution, places.distribution.string());
        if (files) return LoaderChoice{*files, fmt::format("Limine, because {} has it", places.distribution.string())};
        if (wish == LoaderWish::limine)
            return refuse("there is no Limine here: {}; or set LIMINE_PATH to one", files.error().sentence);
    }
    if (!is_file(places.own))
        return refuse("our boot loader {} is not built; run `./lintel image`", places.own.string());
    return LoaderChoice{LintelLoader{places.own}, wish == LoaderWish::lintel
                                                      ? "Lintel's own, because --loader lintel"
                                                      : "Lintel's own, because LIMINE_PATH is not set and " +
                                                            places.distribution.string() + " has no complete Limine"};
}

}  // namespace lintel::runner
