// sysfs: the kernel's Documentation/ABI/stable/sysfs-block and testing/sysfs-block. Sizes there count 512 bytes on any
// device.
#include "runner/flash/device.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <charconv>

namespace lintel::runner {

namespace {

/// A file's only line, without blanks around it; empty where there is none.
std::string line_of(const fs::path& path) {
    std::string text = is_file(path) ? read_file(path, "").value_or("") : "";
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    return text;
}

std::uint64_t bytes_of(const fs::path& folder) {
    const std::string text = line_of(folder / "size");
    std::uint64_t sectors = 0;
    std::from_chars(text.data(), text.data() + text.size(), sectors);
    return sectors * 512;
}

std::vector<fs::path> entries_of(const fs::path& folder) {
    std::vector<fs::path> entries;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
        entries.push_back(at->path());
    std::ranges::sort(entries);
    return entries;
}

std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> words;
    while (!line.empty()) {
        std::string_view word = line.substr(0, line.find(' '));
        if (!word.empty()) words.emplace_back(word);
        line.remove_prefix(std::min(line.size(), word.size() + 1));
    }
    return words;
}

/// The number of a device's file, "8:16"; empty where the path names none.
std::string number_of(const fs::path& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0 || !S_ISBLK(status.st_mode)) return "";
    return fmt::format("{}:{}", ::major(status.st_rdev), ::minor(status.st_rdev));
}

/// In proc(5)'s files a blank is written as \040.
std::string without_escapes(std::string text) {
    for (std::size_t at = text.find("\\040"); at != std::string::npos; at = text.find("\\040", at + 1))
        text.replace(at, 4, " ");
    return text;
}

/// Where the device of that number or name is mounted, or that it is swapped to; nothing where neither.
Outcome<std::optional<std::string>> use_of(const std::string& name, const std::string& number, const HostPlaces& host) {
    const std::string file = "/dev/" + name;
    const std::string mounts = TRY(read_file(host.mounts, "the list of mounts"));
    for (std::size_t at = 0; at < mounts.size();) {
        const std::size_t end = std::min(mounts.find('\n', at), mounts.size());
        const auto words = words_of(std::string_view(mounts).substr(at, end - at));
        at = end + 1;
        // Some file systems (btrfs) show a number of their own; then the source, behind " - ", names the device.
        const auto dash = std::ranges::find(words, "-");
        const std::string source = words.end() - dash > 2 ? dash[2] : "";
        if (words.size() > 4 &&
            (words[2] == number || source == file || (!source.empty() && number_of(source) == number)))
            return fmt::format("mounted at {}", without_escapes(words[4]));
    }
    const std::string swaps = is_file(host.swaps) ? TRY(read_file(host.swaps, "the list of swap areas")) : "";
    if (("\n" + swaps).contains("\n" + file + " ")) return "used as swap";
    return std::nullopt;
}

/// The same of the device and of all that is built upon it: encryption, volume groups, RAID.
Outcome<void> check_use(const std::string& name, const std::string& number, const HostPlaces& host) {
    if (auto use = TRY(use_of(name, number, host))) return refuse("/dev/{} is {}; nothing was written", name, *use);
    for (const fs::path& holder : entries_of(host.devices / number / "holders"))
        return refuse("/dev/{} is part of {}; nothing was written", name, holder.filename().string());
    return {};
}

}  // namespace

Outcome<Device> look_at_device(const fs::path& path, const std::string& number, const HostPlaces& host) {
    std::error_code error;
    const fs::path folder = fs::canonical(host.devices / number, error);
    if (error) return refuse("the host knows nothing of {} (device {})", path.string(), number);
    const std::string name = folder.filename();
    if (fs::exists(folder / "partition"))
        return refuse("{} is a partition; name the whole device: /dev/{}", path.string(),
                      folder.parent_path().filename().string());
    if (name.starts_with("dm-") || name.starts_with("md") || name.starts_with("zram") || name.starts_with("ram") ||
        name.starts_with("sr"))
        return refuse("{} ({}) is no disk that an image can be written to", path.string(), name);
    Device device{.path = path,
                  .name = name,
                  .number = number,
                  .model = line_of(folder / "device/model"),
                  .size = bytes_of(folder),
                  .removable = line_of(folder / "removable") == "1" || folder.string().contains("/usb") ||
                               name.starts_with("mmcblk"),
                  .read_only = line_of(folder / "ro") == "1",
                  .emulated = name.starts_with("loop")};
    for (const fs::path& entry : entries_of(folder))
        if (fs::exists(entry / "partition"))
            device.partitions.push_back({entry.filename(), line_of(entry / "dev"), bytes_of(entry)});
    return device;
}

Outcome<void> check_device(const Device& device, std::uint64_t size, bool fixed_too, const HostPlaces& host) {
    if (!device.number.empty()) TRY(check_use(device.name, device.number, host));
    for (const Partition& partition : device.partitions) TRY(check_use(partition.name, partition.number, host));
    if (device.read_only) return refuse("{} is write-protected", device.path.string());
    if (!device.removable && !device.emulated && !fixed_too)
        return refuse("{} is a disk that is built in, neither removable nor on USB; if you mean it, add --fixed-disk",
                      device.path.string());
    if (device.size < size)
        return refuse("the image has {} bytes, and {} has room for {}", size, device.path.string(), device.size);
    return {};
}

}  // namespace lintel::runner
