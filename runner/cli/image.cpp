// `lintel image` and `lintel path`: the files that this tree makes.
// Invariant: a path that is printed names a file that exists.
#include "runner/image/image.hpp"

#include <cstdio>

#include "runner/cli/setup.hpp"

namespace lintel::runner {

Outcome<Exit> image_command(const Project& project, const ImageOptions& options, const std::string& output) {
    std::optional<TemporaryFolder> folder;
    auto volume = TRY(volume_for(project, options, folder));
    auto loader = TRY(loader_for(project, options));
    const fs::path target =
        output.empty() ? (loader.limine() ? project.limine_image() : project.image()) : fs::absolute(output);
    TRY(make_image({volume, loader}, target));
    fmt::print("{}\n", target.string());
    return Exit::success;
}

Outcome<Exit> path_command(const Project& project, PathOf what, LoaderWish wish) {
    fs::path path = project.kernel();
    if (what == PathOf::loader) path = TRY(loader_for(project, {.loader = wish})).efi();
    if (what == PathOf::iso) path = TRY(prepare_boot(project, {.loader = wish}, FirmwareWish::uefi)).image;
    if (!is_file(path)) return refuse("{} is not built; run `./lintel image`", path.string());
    fmt::print("{}\n", path.string());
    return Exit::success;
}

}  // namespace lintel::runner
