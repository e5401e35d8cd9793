// The commands, each as a function of its options.
// Invariant: a command prints its result on standard output, everything about itself on standard error, and returns
// how it ended.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "runner/cli/project.hpp"
#include "runner/conformance/matrix.hpp"
#include "runner/conformance/results.hpp"
#include "runner/host/colour.hpp"
#include "runner/image/image.hpp"
#include "runner/machine/accelerator.hpp"

namespace lintel::runner {

/// What goes into the image. Without any of it: what this tree has built.
struct ImageOptions {
    std::string kernel{};
    bool foreign = false;  // the kernel is anyone's: it gets a configuration of its own, not this tree's
    std::string configuration{};
    std::string efi_loader{};  // a BOOTX64.EFI in place of ours
    LoaderWish loader = LoaderWish::automatic;
    Additions additions{};
    ColourWish colour = ColourWish::automatic;  // of what is wrong with the kernel
    std::string files{};                        // a folder whose files go onto the volume as they are
    ImageType type = ImageType::iso;
};

enum class FirmwareWish { uefi, direct };

struct MachineOptions {
    FirmwareWish firmware = FirmwareWish::uefi;
    std::string memory = "512M";
    unsigned processors = 1;
    AcceleratorWish accelerator = AcceleratorWish::automatic;
    std::vector<std::string> extra{};  // for QEMU, untouched
    bool verbose = false;
};

struct RunOptions {
    std::string any_kernel{};
    ImageOptions image{};
    MachineOptions machine{};
    bool until_halt = false;
    bool headless = false;
    std::optional<double> timeout{};  // seconds; 0 for none
    std::string serial_log{};
    std::string screenshot{};
    std::string artifacts{};  // a folder
};

struct DebugOptions {
    ImageOptions image{};
    MachineOptions machine{};
    std::string any_kernel{};             // the command's argument, for --kernel
    std::vector<std::string> breaks{};    // places, as GDB spells them
    std::vector<std::string> commands{};  // for GDB, where it has stopped
    std::uint16_t port = 0;               // 0 for any that is free
    bool batch = false;
    bool tui = false;
    bool wait = false;     // for a debugger that somebody else starts
    double timeout = 120;  // seconds, with batch
};

struct ConformanceOptions {
    LoaderWish loader = LoaderWish::automatic;
    std::optional<LoaderWish> against{};  // a second loader, to compare with
    MachineOptions machine{};
    TableFormat format = TableFormat::text;
    std::vector<std::string> members{};  // of the family; all where none is named
    std::optional<Coverage> matrix{};    // many machines rather than one
    unsigned at_a_time = 3;              // machines that run side by side
    std::optional<double> timeout{};     // seconds for each boot
};

struct FlashOptions {
    std::string image{};
    std::string device{};
    bool yes = false;           // the person agrees beforehand
    bool fixed_disk = false;    // a disk that is built in is meant, too
    bool regular_file = false;  // a file may stand in the device's place
};

struct EnrollOptions {
    std::vector<std::string> files{};  // the configuration, and the loader's file
    std::string output{};              // in place where empty
    bool reset = false;                // take the hash out: there is no configuration then
};

enum class PathOf { kernel, iso, loader };

Outcome<Exit> run_command(const Project& project, const RunOptions& options);
Outcome<Exit> debug_command(const Project& project, const DebugOptions& options);
Outcome<Exit> image_command(const Project& project, const ImageOptions& options, const std::string& output,
                            bool verify);
Outcome<Exit> flash_command(const FlashOptions& options);
Outcome<Exit> new_command(const Project& project, const std::string& name);
Outcome<Exit> enroll_command(const EnrollOptions& options);
Outcome<Exit> path_command(const Project& project, PathOf what, LoaderWish loader);
/// For each boot that is measured.
inline constexpr auto bench_time_limit = std::chrono::minutes(5);
Outcome<Exit> bench_kernel_command(const Project& project);
Outcome<Exit> bench_boot_command(const Project& project, FirmwareWish firmware, const ImageOptions& image);
Outcome<Exit> bench_start_command(const Project& project, FirmwareWish firmware, unsigned turns);
Outcome<Exit> conformance_command(const Project& project, const ConformanceOptions& options);
Outcome<Exit> doctor_command(const Project& project);

}  // namespace lintel::runner
