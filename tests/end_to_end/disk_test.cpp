// Booting from disks, and reading files from any of them: GPT and MBR, FAT12 to FAT32, on every bus that firmware
// knows. Each machine proves many things, since UEFI takes its time.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

const fs::path loader = fs::path(LINTEL_BUILD_FOLDER) / "loader/uefi/BOOTX64.EFI";

/// A folder in which disks are made by the programs of the host.
class Disks {
public:
    Disks() {
        fs::copy_file(LINTEL_VOLUMES_KERNEL, scratch / "kernel.elf");
        fs::copy_file(loader, scratch / "BOOTX64.EFI");
    }
    void shell(const std::string& words) const {
        std::string folder = (scratch / "").string();
        std::string command =
            "cd '" + folder + "' && export MTOOLS_SKIP_CHECK=1 PATH=$PATH:/sbin && (" + words + ") > log 2>&1";
        ASSERT_EQ(std::system(command.c_str()), 0) << words << "\n" << contents(scratch / "log");
    }
    /// A partitioned disk, as sfdisk's `script` says.
    void partition(const std::string& name, const std::string& size, const std::string& script) {
        scratch.add("script", script);
        shell("truncate -s " + size + " " + name + " && sfdisk " + name + " < script");
    }
    /// A FAT file system of `sectors` on a disk, `offset` MiB from its start.
    void format(const std::string& name, int offset, const std::string& label, const std::string& options) const {
        shell("mformat -i " + place(name, offset) + " -h 16 -s 63 -v " + label + " " + options + " ::");
    }
    void copy(const std::string& name, int offset, const std::string& file, const std::string& folder = "") const {
        shell("mcopy -i " + place(name, offset) + " " + file + " ::" + folder + "/");
    }
    /// What firmware starts, with its configuration and a kernel.
    void make_bootable(const std::string& name, int offset, const std::string& configuration) {
        scratch.add("limine.conf", configuration);
        shell("mmd -i " + place(name, offset) + " ::/EFI ::/EFI/BOOT ::/boot");
        copy(name, offset, "BOOTX64.EFI", "/EFI/BOOT");
        copy(name, offset, "limine.conf", "/boot");
        copy(name, offset, "kernel.elf", "/boot");
    }
    void add(const std::string& name, const std::string& text) { scratch.add(name, text); }
    [[nodiscard]] std::string path(const std::string& name) const { return (scratch / name).string(); }

    /// Boots with a CD of this configuration in the machine, and these disks.
    Answer boot(const std::string& configuration, const Words& devices) {
        Words words = {"run",
                       "--headless",
                       "--until-halt",
                       "--timeout",
                       "100",
                       "--firmware",
                       "uefi",
                       "--config",
                       scratch.add("cd.conf", configuration).string(),
                       "--kernel",
                       path("kernel.elf"),
                       "--accel",
                       "tcg",
                       "--"};
        words.insert(words.end(), devices.begin(), devices.end());
        return lintel(words);
    }
    [[nodiscard]] Words disk(const std::string& name, const std::string& device) const {
        return {"-drive", "if=none,format=raw,id=" + name + ",file=" + path(name), "-device",
                device + ",drive=" + name};
    }

private:
    static std::string place(const std::string& name, int offset) { return name + "@@" + std::to_string(offset) + "M"; }
    Scratch scratch;
};

Words all(const std::vector<Words>& lists) {
    Words all;
    for (const Words& list : lists) all.insert(all.end(), list.begin(), list.end());
    return all;
}

void expect_line(const Answer& answer, const std::string& line) {
    EXPECT_TRUE(answer.out.contains(line + "\n")) << "not there: " << line << "\n" << answer.out;
}

const std::string entry = "timeout: 0\n/Disks\nprotocol: limine\n";
const std::string no_kernel = entry + "path: boot():/boot/nothing.elf\n";

// The loader comes from the CD; the kernel and each module from another disk, on another bus, by another form of path.
TEST(Disk, files_come_from_any_disk_by_any_form_of_path) {
    Disks disks;
    disks.partition("ahci", "48M",
                    "label: gpt\nlabel-id: 11223344-5566-7788-99AA-BBCCDDEEFF00\n"
                    "2: start=1MiB, size=40MiB, uuid=736B5698-5AE1-4DFF-BE2C-EF8F44A61C52\n");
    disks.format("ahci", 1, "AHCI", "-F -T 81920 -c 1");
    disks.copy("ahci", 1, "kernel.elf");
    disks.partition("usb", "24M",
                    "label: dos\nlabel-id: 0x12345678\n1: start=1MiB, size=1MiB, type=83\n"
                    "2: start=3MiB, size=20MiB, type=5\n5: start=4MiB, size=16MiB, type=6\n");
    disks.format("usb", 4, "USB", "-T 32768 -c 2");
    disks.add("A long name.text", "from USB\n");
    disks.shell("mcopy -i usb@@4M 'A long name.text' ::/");
    disks.shell("mformat -C -i virtio -f 1440 -v VIRTIO ::");
    disks.add("virtio.txt", "from virtio\n");
    disks.shell("mcopy -i virtio virtio.txt ::/");
    disks.partition("nvme", "8M",
                    "label: gpt\nlabel-id: AABBCCDD-5566-7788-99AA-BBCCDDEEFF00\n1: start=1MiB, size=4MiB\n");
    disks.format("nvme", 1, "NVME", "-T 8192");
    disks.add("nvme.txt", "from NVMe\n");
    disks.copy("nvme", 1, "nvme.txt");

    auto answer = disks.boot(entry +
                                 "path: guid(736b5698-5ae1-4dff-be2c-ef8f44a61c52):/kernel.elf\n"
                                 "module_path: fslabel(USB):/A long name.text\n"
                                 "module_path: fslabel(VIRTIO):/VIRTIO.TXT\n"
                                 "module_path: fslabel(NVME):/nvme.txt\n"
                                 "module_path: odd(1:):/boot/limine/limine.conf\n"
                                 "module_path: hdd(4:2):/KERNEL.ELF\n",
                             all({disks.disk("ahci", "ide-hd,bus=ide.0"),
                                  {"-device", "qemu-xhci"},
                                  disks.disk("usb", "usb-storage"),
                                  disks.disk("virtio", "virtio-blk-pci"),
                                  disks.disk("nvme", "nvme,serial=1")}));
    EXPECT_EQ(answer.code, 0) << answer.err << answer.out;
    const std::string on_ahci = "media 0, partition 2, mbr 0, gpt 11223344, part 736b5698, uuid 0: ";
    expect_line(answer, "file /kernel.elf: " + on_ahci + "the kernel");
    expect_line(answer, "file /A long name.text: media 0, partition 5, mbr 12345678, gpt 0, part 0, uuid 0: from USB");
    expect_line(answer, "file /VIRTIO.TXT: media 0, partition 0, mbr 0, gpt 0, part 0, uuid 0: from virtio");
    EXPECT_TRUE(answer.out.contains("file /nvme.txt: media 0, partition 1, mbr 0, gpt aabbccdd, part ")) << answer.out;
    EXPECT_TRUE(answer.out.contains("file /boot/limine/limine.conf: media 1, partition 0, ")) << answer.out;
    EXPECT_TRUE(answer.out.contains("file /KERNEL.ELF: " + on_ahci)) << answer.out;
}

// The CD's configuration has no kernel, so whatever boots comes from the disk.
TEST(Disk, the_loader_boots_from_a_gpt_on_nvme) {
    Disks disks;
    disks.partition("nvme", "48M",
                    "label: gpt\nlabel-id: 11223344-5566-7788-99AA-BBCCDDEEFF00\n"
                    "1: start=1MiB, size=40MiB, type=U, uuid=736B5698-5AE1-4DFF-BE2C-EF8F44A61C52\n"
                    "2: start=42MiB, size=4MiB\n");
    disks.format("nvme", 1, "ESP", "-F -T 81920 -c 1");
    disks.format("nvme", 42, "DATA", "-T 8192");
    disks.add("data.txt", "the second partition\n");
    disks.copy("nvme", 42, "data.txt");
    disks.make_bootable("nvme", 1, entry + "path: boot():/boot/kernel.elf\nmodule_path: boot(2):/data.txt\n");
    auto answer = disks.boot(no_kernel, disks.disk("nvme", "nvme,serial=1,bootindex=0"));
    EXPECT_EQ(answer.code, 0) << answer.err << answer.out;
    expect_line(answer,
                "file /boot/kernel.elf: media 0, partition 1, mbr 0, gpt 11223344, part 736b5698, uuid 0: the kernel");
    EXPECT_TRUE(answer.out.contains("file /data.txt: media 0, partition 2, mbr 0, gpt 11223344, ")) << answer.out;
    EXPECT_TRUE(answer.out.contains(": the second partition\n")) << answer.out;
}

TEST(Disk, the_loader_boots_from_an_mbr_on_a_usb_stick) {
    Disks disks;
    disks.partition("usb", "32M", "label: dos\nlabel-id: 0x89abcdef\n2: start=4MiB, size=16MiB, type=ef, bootable\n");
    disks.format("usb", 4, "STICK", "-T 32768 -c 2");
    disks.make_bootable("usb", 4, entry + "path: boot():/boot/kernel.elf\nmodule_path: hdd(1:2):/boot/limine.conf\n");
    auto answer = disks.boot(no_kernel, all({{"-device", "qemu-xhci"}, disks.disk("usb", "usb-storage,bootindex=0")}));
    EXPECT_EQ(answer.code, 0) << answer.err << answer.out;
    const std::string place = "media 0, partition 2, mbr 89abcdef, gpt 0, part 0, uuid 0: ";
    expect_line(answer, "file /boot/kernel.elf: " + place + "the kernel");
    expect_line(answer, "file /boot/limine.conf: " + place + "timeout: 0");
}

}  // namespace
}  // namespace lintel::end_to_end
