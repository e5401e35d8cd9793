// What the commands that start a machine have in common.
// Invariant: a BootSource's files exist for as long as the BootSource.
#pragma once

#include "runner/cli/commands.hpp"
#include "runner/machine/emulator.hpp"

namespace lintel::runner {

/// What is to be booted, and how it gets into the machine.
struct BootSource {
    BootVolume volume;
    std::string loader;  // which one and why, for the person
    fs::path image{};    // empty in a direct boot, which needs none
    ImageType type = ImageType::iso;
    Bus bus = Bus::virtio;
    std::optional<TemporaryFolder> folder{};  // holds what is for this run only
};

Outcome<LoaderChoice> loader_for(const Project& project, const ImageOptions& options);

/// The files that the options ask for. A configuration that they add to is made anew, in `folder`, which is made then.
Outcome<BootVolume> volume_for(const Project& project, const ImageOptions& options,
                               std::optional<TemporaryFolder>& folder);

/// What the options ask for, made where the build has not made it already.
Outcome<BootSource> prepare_boot(const Project& project, const ImageOptions& options, FirmwareWish firmware);

/// Has this tree's kernels, the one at hand or another from its folder, end in their halt loop rather than at the
/// monitor's prompt, unless the command line says already what they are to do.
void ask_for_halt(const Project& project, ImageOptions& options);

struct MachineSetup {
    MachineConfiguration configuration;
    std::string firmware;     // which one and why, for the person
    std::string accelerator;  // likewise
};

Outcome<MachineSetup> prepare_machine(const Project& project, const MachineOptions& options, const BootSource& source);

/// Gives the machine a window.
void open_window(MachineSetup& setup);

/// Tells the person what was chosen.
void announce(const BootSource& source, const MachineSetup& setup);

/// Tells what `lintel check` finds wrong with the kernel, but for notes. Whether to boot it all the same is not asked
/// here: the loader refuses what it cannot start, in its own words.
void warn_about(const fs::path& kernel, ColourWish colour);

/// A line about the runner itself, on standard error.
void say(std::string_view sentence);

/// On standard output, at once.
void print(std::string_view text);

}  // namespace lintel::runner
