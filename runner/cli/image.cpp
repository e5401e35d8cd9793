// `lintel image` and `lintel path`: the files that this tree makes.
// Invariant: a path that is printed names a file that exists.
#include "runner/image/image.hpp"

#include <cstdio>

#include "runner/cli/command_line.hpp"
#include "runner/cli/setup.hpp"
#include "runner/host/progress_line.hpp"
#include "runner/host/signals.hpp"

namespace lintel::runner {

namespace {

fs::path default_output(const Project& project, ImageType type, bool limine) {
    fs::path path = limine ? project.limine_image() : project.image();
    if (type == ImageType::iso) return path;
    return path.replace_extension(type == ImageType::disk ? ".img" : ".esp");
}

/// As the person wrote it, but absolute, and without the slash that a folder's name can end in.
fs::path given_output(const std::string& output) {
    fs::path path = fs::absolute(output).lexically_normal();
    return path.has_filename() ? path : path.parent_path();
}

/// The one folder that may be replaced as it is: the build's own.
Outcome<void> remove_default_folder(const fs::path& folder) {
    std::error_code error;
    fs::remove_all(folder, error);
    if (error) return refuse("cannot remove {}: {}", folder.string(), error.message());
    return {};
}

}  // namespace

Outcome<Exit> image_command(const Project& project, const ImageOptions& options, const std::string& output,
                            bool verify) {
    TRY(Signals::listen());
    std::optional<TemporaryFolder> folder;
    auto volume = TRY(volume_for(project, options, folder));
    warn_about(volume.kernel, options.colour);
    auto loader = TRY(loader_for(project, options));
    const fs::path target =
        output.empty() ? default_output(project, options.type, loader.limine()) : given_output(output);
    if (output.empty() && options.type == ImageType::esp) TRY(remove_default_folder(target));
    const ImageInputs inputs{volume, loader, options.type};
    ProgressLine progress;
    progress.show(fmt::format("making {}", target.filename().string()));
    TRY(make_image(inputs, target));
    if (verify) {
        progress.show(fmt::format("making {} once more", target.filename().string()));
        TRY(verify_image(inputs, target));
        progress.clear();
        say("verified     made twice, byte by byte the same");
    }
    progress.clear();
    fmt::print("{}\n", target.string());
    return Exit::success;
}

Outcome<Exit> path_command(const Project& project, PathOf what, LoaderWish wish) {
    TRY(Signals::listen());
    fs::path path = project.kernel();
    if (what == PathOf::loader) path = TRY(loader_for(project, {.loader = wish})).efi();
    if (what == PathOf::iso) path = TRY(prepare_boot(project, {.loader = wish}, FirmwareWish::uefi)).image;
    if (!is_file(path)) return refuse("{} is not built; run `./lintel image`", path.string());
    fmt::print("{}\n", path.string());
    return Exit::success;
}

void add_image(CommandLine& line) {
    CLI::App& image = *line.app.add_subcommand("image", "make an image and print its path");
    struct Wanted {
        ImageOptions options{};
        std::string output{};
        bool verify = false;
    };
    auto wanted = std::make_shared<Wanted>();
    image.footer("Example: lintel image --kernel build/kernel.elf --output os.iso");
    image.add_option("-o,--output", wanted->output, "where to put it")->type_name("FILE");
    add_image_type(image, "--type", wanted->options.type);
    image.add_flag("--verify", wanted->verify, "make it twice and compare");
    add_image_options(image, wanted->options);
    image.final_callback([&line, wanted] {
        wanted->options.colour = line.colour;
        line.chosen = [wanted](const Project& project) {
            return image_command(project, wanted->options, wanted->output, wanted->verify);
        };
    });
}

void add_path(CommandLine& line) {
    CLI::App& path = *line.app.add_subcommand("path", "print the absolute path of the kernel, iso or loader");
    struct Wanted {
        PathOf what = PathOf::kernel;
        LoaderWish loader = LoaderWish::automatic;
    };
    auto wanted = std::make_shared<Wanted>();
    path.footer("Example: gdb \"$(lintel path kernel)\"");
    add_choice(path, "what", wanted->what,
               {{"kernel", PathOf::kernel}, {"iso", PathOf::iso}, {"loader", PathOf::loader}}, "kernel, iso or loader");
    path.get_option("what")->required();
    add_loader(path, wanted->loader);
    path.final_callback([&line, wanted] {
        line.chosen = [wanted](const Project& project) { return path_command(project, wanted->what, wanted->loader); };
    });
}

}  // namespace lintel::runner
