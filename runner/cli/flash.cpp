// `lintel flash`: an image onto a USB stick.
// Invariant: nothing is written before every check has passed and the person has agreed.
#include <poll.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include "runner/cli/command_line.hpp"
#include "runner/cli/setup.hpp"
#include "runner/flash/device.hpp"
#include "runner/flash/write.hpp"
#include "runner/host/progress_line.hpp"
#include "runner/host/signals.hpp"

namespace lintel::runner {

namespace {

constexpr double mebibyte = 1 << 20;

void announce_plan(const FlashOptions& options, const Device& device, std::uint64_t size) {
    say(fmt::format("image        {} ({:.1f} MiB)", options.image, static_cast<double>(size) / mebibyte));
    say(fmt::format("device       {} ({:.1f} MiB){}{}", device.path.string(),
                    static_cast<double>(device.size) / mebibyte, device.model.empty() ? "" : ", ", device.model));
    for (const Partition& partition : device.partitions)
        say(fmt::format("loses        /dev/{} ({:.1f} MiB)", partition.name,
                        static_cast<double>(partition.size) / mebibyte));
    say("everything on the device will be lost");
}

Outcome<void> ask(const Device& device) {
    if (::isatty(STDIN_FILENO) != 1) return refuse("nothing was written; add --yes to write without being asked");
    fmt::print(stderr, "lintel: type the device's name, {}, to write: ", device.name);
    std::array<pollfd, 2> places = {{{STDIN_FILENO, POLLIN, 0}, {interruption(), POLLIN, 0}}};
    ::poll(places.data(), places.size(), -1);
    TRY(go_on());
    std::string answer;
    for (int c = std::getchar(); c != EOF && c != '\n'; c = std::getchar()) answer += static_cast<char>(c);
    if (answer != device.name && answer != device.path)
        return refuse("that is not {}; nothing was written", device.name);
    return {};
}

/// A file in a device's place, for those who want to try.
Outcome<Device> look_at_file(const fs::path& path) {
    std::error_code error;
    const std::uint64_t size = fs::file_size(path, error);
    if (error) return refuse("cannot read {}: {}", path.string(), error.message());
    return Device{.path = path,
                  .name = path.filename(),
                  .number = "",
                  .model = "a regular file",
                  .size = size,
                  .removable = true,
                  .read_only = false,
                  .emulated = true};
}

Outcome<Device> look_at(const FlashOptions& options) {
    const fs::path path = fs::absolute(options.device);
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) return refuse("there is no device {}", options.device);
    if (S_ISREG(status.st_mode) && options.regular_file) return look_at_file(path);
    if (!S_ISBLK(status.st_mode)) return refuse("{} is no block device, as a disk or a USB stick is", options.device);
    const HostPlaces host;
    return look_at_device(path, fmt::format("{}:{}", ::major(status.st_rdev), ::minor(status.st_rdev)), host);
}

}  // namespace

Outcome<Exit> flash_command(const FlashOptions& options) {
    if (!is_file(options.image)) return refuse("cannot read the image {}: it is no file", options.image);
    std::error_code error;
    const std::uint64_t size = fs::file_size(options.image, error);
    if (error || size == 0) return refuse("cannot write the image {}: it is empty", options.image);
    const Device device = TRY(look_at(options));
    if (fs::equivalent(options.image, device.path, error)) return refuse("the image and the device are the same file");
    TRY(check_device(device, size, options.fixed_disk, {}));
    announce_plan(options, device, size);
    TRY(Signals::listen());
    if (!options.yes) TRY(ask(device));

    Descriptor claimed = TRY(claim(device.path));
    TRY(check_device(device, size, options.fixed_disk, {}));  // once more: the person took their time
    ProgressLine line;
    auto report = [&](Progress what, std::uint64_t done) {
        line.show(fmt::format("{}, {}%", what == Progress::writing ? "writing" : "comparing", done * 100 / size));
        return !interrupted();
    };
    const bool whole = TRY(write_and_compare(options.image, claimed.number(), device.size, report));
    line.clear();
    if (!whole) return std::unexpected(Failure{"interrupted; the device holds a part of the image", Exit::interrupted});
    say(fmt::format("written      {} bytes, read back and the same", size));
    return Exit::success;
}

void add_flash(CommandLine& line) {
    CLI::App& flash = *line.app.add_subcommand("flash", "write an image to a USB stick, and read it back");
    auto options = std::make_shared<FlashOptions>();
    flash.add_option("image", options->image, "an ISO or a disk")->type_name("IMAGE")->required();
    flash.add_option("device", options->device, "the whole device: /dev/sdX")->type_name("DEVICE")->required();
    flash.add_flag("--yes", options->yes, "write without being asked");
    flash.add_flag("--fixed-disk", options->fixed_disk, "permit a disk that is built in");
    flash.add_flag("--regular-file", options->regular_file, "permit a file in the device's place, to try it");
    flash.final_callback(
        [&line, options] { line.chosen = [options](const Project&) { return flash_command(*options); }; });
}

}  // namespace lintel::runner
