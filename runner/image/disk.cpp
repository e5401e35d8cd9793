// The table is sfdisk's, the file system mtools'. UEFI 2.10, 5.3 (GPT) and 13.3 (the system partition is FAT32 on
// fixed disks).
#include "runner/image/disk.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "runner/image/staging.hpp"
#include "runner/image/tools.hpp"

namespace lintel::runner {

namespace {

constexpr std::uintmax_t partition_start = 2048;   // sectors: 1 MiB, where every medium's blocks align
constexpr std::uintmax_t first_usable = 34;        // behind the first table
constexpr std::uintmax_t table_sectors = 33;       // the second table, at the disk's end
constexpr std::uintmax_t fewest_clusters = 65525;  // below that a FAT file system is not FAT32

struct Layout {
    std::uintmax_t cluster = 1;  // sectors
    std::uintmax_t partition;    // sectors
};

// Each folder takes a cluster for every 16 names and more for long ones; a quarter in reserve covers names of 255
// characters.
Outcome<Layout> lay_out(const fs::path& root) {
    std::uintmax_t bytes = 0;
    std::uintmax_t entries = 0;
    for (const StagedFolder& folder : TRY(folders_of(root))) {
        entries += 2 + folder.files.size();
        for (const fs::path& file : folder.files) {
            std::error_code error;
            bytes += fs::file_size(root / file, error) + sector;
            if (error) return refuse("cannot read {}: {}", file.string(), error.message());
        }
    }
    std::uintmax_t content = bytes / sector + entries * 22 * 32 / sector + 64;
    Layout layout{};
    // More than 4 million clusters only make the tables long.
    while (content / layout.cluster > 4'000'000 && layout.cluster < 64) layout.cluster *= 2;
    std::uintmax_t clusters = std::max(content / layout.cluster * 9 / 8, fewest_clusters + 64);
    const std::uintmax_t tables = 2 * (clusters * 4 / sector + 1) + 64;
    constexpr std::uintmax_t mebibyte = (1 << 20) / sector;
    layout.partition = (clusters * layout.cluster + tables + mebibyte - 1) / mebibyte * mebibyte;
    return layout;
}

/// A GUID of version 8: made by a rule of our own (RFC 9562, 5.8). `which` tells the disk's GUIDs apart.
std::string guid(std::uint64_t fingerprint, unsigned which) {
    return fmt::format("4C494E54-454C-8000-{:04X}-{:012X}", 0x8000U | which, fingerprint & 0xffff'ffff'ffffU);
}

Outcome<void> make_table(const fs::path& disk, const Layout& layout, std::uint64_t fingerprint, bool bios) {
    // sfdisk(8), "INPUT FORMATS".
    std::string script =
        fmt::format("label: gpt\nlabel-id: {}\nunit: sectors\nfirst-lba: {}\n", guid(fingerprint, 0), first_usable);
    auto add = [&](std::uintmax_t start, std::uintmax_t size, std::string_view type, std::string_view name,
                   unsigned number) {
        script += fmt::format("start={}, size={}, type={}, uuid={}, name=\"{}\"\n", start, size, type,
                              guid(fingerprint, number), name);
    };
    add(partition_start, layout.partition, "C12A7328-F81F-11D2-BA4B-00A0C93EC93B", "EFI system", 1);
    if (bios) add(first_usable, partition_start - first_usable, "21686148-6449-6E6F-744E-656564454649", "BIOS boot", 2);
    auto folder = TRY(TemporaryFolder::make());
    TRY(write_file(folder.path() / "table", script));
    return run_tool({"sfdisk", "--quiet", "--no-reread", "--no-tell-kernel", disk}, "make the partition table", "fdisk",
                    folder.path() / "table");
}

Outcome<void> fill(const fs::path& root, const std::string& partition) {
    constexpr std::string_view task = "fill the EFI system partition";
    for (const StagedFolder& folder : TRY(folders_of(root))) {
        const std::string target = "::/" + folder.path.generic_string();
        if (!folder.path.empty()) TRY(run_tool({"mmd", "-i", partition, target}, task, "mtools"));
        if (folder.files.empty()) continue;
        std::vector<std::string> arguments = {"mcopy", "-i", partition};
        for (const fs::path& file : folder.files) arguments.push_back(root / file);
        arguments.push_back(target + (folder.path.empty() ? "" : "/"));
        TRY(run_tool(std::move(arguments), task, "mtools"));
    }
    return {};
}

}  // namespace

Outcome<void> make_disk(const fs::path& root, const LimineFiles* limine, const fs::path& output) {
    const Layout layout = TRY(lay_out(root));
    const std::uint64_t mark = TRY(fingerprint(root));
    {
        Descriptor file(::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
        const auto size = static_cast<off_t>((partition_start + layout.partition + table_sectors) * sector);
        // Sparse: what stays zero takes no room.
        if (!file.open() || ::ftruncate(file.number(), size) != 0)
            return refuse("cannot write {}: {}", output.string(), std::strerror(errno));
    }
    TRY(make_table(output, layout, mark, limine != nullptr));
    const std::string partition = fmt::format("{}@@{}", output.string(), partition_start * sector);
    TRY(run_tool({"mformat", "-i", partition, "-F", "-T", fmt::format("{}", layout.partition), "-h", "2", "-s", "18",
                  "-c", fmt::format("{}", layout.cluster), "-H", fmt::format("{}", partition_start), "-N",
                  fmt::format("{:08x}", mark >> 32), "-v", "LINTEL", "::"},
                 "make the EFI system partition", "mtools"));
    TRY(fill(root, partition));
    if (limine == nullptr) return {};
    return run_tool({limine->tool, "bios-install", output, "2"}, "make the disk start under BIOS", "limine");
}

}  // namespace lintel::runner
