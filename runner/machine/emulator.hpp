// QEMU: where it is and how it is told what machine to be.
// Invariant: the arguments depend on nothing but the configuration; what the person wrote after `--` comes last,
// unchanged.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "runner/image/image.hpp"
#include "runner/machine/accelerator.hpp"
#include "runner/machine/firmware.hpp"

namespace lintel::runner {

/// How a disk is attached.
enum class Bus { virtio, ahci, usb, nvme };

/// UEFI firmware starts the loader from an image.
struct UefiBoot {
    Firmware firmware{};  // its variable store, or the combined file, is a copy that the machine may change
    fs::path image{};
    ImageType type = ImageType::iso;
    Bus bus = Bus::virtio;  // an ISO is in an optical drive instead
};

/// QEMU starts the loader itself, and the loader takes its files from QEMU.
struct DirectBoot {
    fs::path loader{};
    std::optional<fs::path> bios{};  // a firmware that only starts what QEMU was given; SeaBIOS without it
    std::vector<VolumeFile> files{};
    fs::path index{};  // lists the files for the loader; the machine writes it
};

struct MachineConfiguration {
    fs::path emulator;
    std::variant<UefiBoot, DirectBoot> boot{};
    Accelerator accelerator = Accelerator::tcg;
    std::string memory = "512M";
    unsigned processors = 1;
    bool window = false;
    bool paused = false;               // waits for a debugger to let it run
    std::uint16_t debugger_port = 0;   // where it listens for one, if it does; 0 for any port that is free
    bool counts_instructions = false;  // the time-stamp counter counts executed instructions
    std::vector<std::string> extra{};
};

/// What connects QEMU to the runner; the numbers are descriptors that it inherits.
struct Wires {
    fs::path serial{};  // see SerialWire
    int control = -1;
    std::optional<int> debugger{};        // a listening socket for GDB
    std::optional<fs::path> fault_log{};  // where QEMU writes down the guest's exceptions (TCG only)
};

std::vector<std::string> emulator_arguments(const MachineConfiguration& machine, const Wires& wires);

/// Whether what the person added says itself what QEMU logs.
bool asks_for_log(const MachineConfiguration& machine);

Outcome<fs::path> find_emulator();

}  // namespace lintel::runner
