// What a boot loader finds on the volume that it boots from: the configuration, the kernel, modules. An ISO holds these
// files; a direct boot hands the same ones over without an image.
// Invariant: both ways give the loader the same paths.
#pragma once

#include <string>
#include <vector>

#include "runner/host/files.hpp"

namespace lintel::runner {

/// Paths on the volume, without a leading slash.
inline constexpr const char* configuration_path = "boot/limine/limine.conf";
inline constexpr const char* kernel_path = "boot/kernel.elf";
inline constexpr const char* module_folder = "boot/modules";

struct VolumeFile {
    std::string path;  // on the volume, without a leading slash
    fs::path source;
};

struct BootVolume {
    fs::path configuration;
    fs::path kernel;
    std::vector<fs::path> modules{};   // beyond those that the configuration names
    std::vector<VolumeFile> others{};  // what the configuration or the kernel names
};

/// All files of the volume.
std::vector<VolumeFile> files_of(const BootVolume& volume);

/// What the command line adds to the entry that boots by default.
struct Additions {
    std::string command_line{};
    std::vector<fs::path> modules{};
    bool halt = false;  // where it boots a kernel of this tree: init=halt, unless it says something about init
    [[nodiscard]] bool empty() const { return command_line.empty() && modules.empty(); }
};

/// The configuration's text with `additions` in its default entry. Fails where the text is no configuration.
Outcome<std::string> with_additions(const std::string& text, const Additions& additions);

}  // namespace lintel::runner
