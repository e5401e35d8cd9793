// What the commands that start a machine have in common.
// Invariant: an Image's file exists for as long as the Image.
#pragma once

#include "runner/cli/commands.hpp"
#include "runner/machine/emulator.hpp"

namespace lintel::runner {

struct Image {
    fs::path path;
    fs::path kernel;  // with symbols
    LoaderChoice loader;
    std::optional<TemporaryFolder> folder{};  // holds an image that is for this run only
};

Outcome<LoaderChoice> loader_for(const Project& project, const ImageOptions& options);

/// The image that the options ask for, made where the build has not made it already.
Outcome<Image> prepare_image(const Project& project, const ImageOptions& options);

struct MachineSetup {
    MachineConfiguration configuration;
    std::string accelerator_reason;
};

Outcome<MachineSetup> prepare_machine(const MachineOptions& options, const fs::path& image);

/// Tells the person what was chosen.
void announce(const Image& image, const MachineSetup& setup);

/// A line about the runner itself, on standard error.
void say(std::string_view sentence);

}  // namespace lintel::runner
