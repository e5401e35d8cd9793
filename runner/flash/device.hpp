// The device that an image is to be written to: what it is, and why not to write to it.
// Invariant: looking changes nothing. A device that passed has no file system in use, by all that the host tells.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runner/host/files.hpp"

namespace lintel::runner {

/// Where the host tells about its devices; tests put made-up files there.
struct HostPlaces {
    fs::path devices = "/sys/dev/block";       // a link for each device, by its number (sysfs)
    fs::path mounts = "/proc/self/mountinfo";  // proc(5)
    fs::path swaps = "/proc/swaps";
};

struct Partition {
    std::string name;    // "sdb1"
    std::string number;  // "8:17"
    std::uint64_t size;  // bytes
};

struct Device {
    fs::path path;       // "/dev/sdb"
    std::string name;    // "sdb", as the kernel calls it
    std::string number;  // "8:16"; empty for a file in its place
    std::string model;   // empty where it does not say
    std::uint64_t size;  // bytes
    bool removable;      // a medium that is taken out, or a drive on USB
    bool read_only;
    bool emulated;  // a loop device: a file behind it
    std::vector<Partition> partitions{};
};

/// What the host knows of the block device with this number. Fails for a partition, and for what is no disk.
Outcome<Device> look_at_device(const fs::path& path, const std::string& number, const HostPlaces& host);

/// Fails where writing an image of `size` bytes would lose a file system in use or a disk that is built in, or where
/// the image does not fit. `fixed_too` permits a disk that is built in.
Outcome<void> check_device(const Device& device, std::uint64_t size, bool fixed_too, const HostPlaces& host);

}  // namespace lintel::runner
