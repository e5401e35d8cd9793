// See the header.
// Invariant: every device that the machine has is named here; QEMU adds none by default.
#include "runner/machine/emulator.hpp"

#include <algorithm>

namespace lintel::runner {

namespace {

/// In QEMU's option lists a comma separates; doubled, it stands for itself.
std::string quoted(const fs::path& path) {
    std::string result;
    for (char c : path.string()) result += c == ',' ? std::string(",,") : std::string(1, c);
    return result;
}

/// The disk `lintel-boot` as a device.
std::vector<std::string> disk_arguments(Bus bus) {
    // Whoever adds a drive of their own and wants it first says bootindex=0.
    const std::string drive = ",drive=lintel-boot,bootindex=1";
    switch (bus) {
        case Bus::virtio:
            break;
        case Bus::ahci:  // the chipset pc has no controller of its own
            return {"-device", "ich9-ahci,id=lintel-ahci", "-device", "ide-hd,bus=lintel-ahci.0" + drive};
        case Bus::usb:
            return {"-device", "qemu-xhci,id=lintel-usb", "-device", "usb-storage,bus=lintel-usb.0" + drive};
        case Bus::nvme:
            return {"-device", "nvme,serial=lintel" + drive};
    }
    return {"-device", "virtio-blk-pci" + drive};
}

std::vector<std::string> boot_arguments(const UefiBoot& boot) {
    const Firmware& firmware = boot.firmware;
    std::vector<std::string> list;
    if (firmware.variables) {
        list = {"-drive", "if=pflash,unit=0,format=raw,readonly=on,file=" + quoted(firmware.code), "-drive",
                "if=pflash,unit=1,format=raw,file=" + quoted(*firmware.variables)};
    } else {
        list = {"-drive", "if=pflash,unit=0,format=raw,file=" + quoted(firmware.code)};
    }
    if (boot.type == ImageType::iso) {
        list.insert(list.end(), {"-cdrom", boot.image.string()});
        return list;
    }
    // What the guest writes goes nowhere.
    const char* drive = boot.type == ImageType::disk
                            ? "if=none,id=lintel-boot,format=raw,snapshot=on,file="
                            : "if=none,id=lintel-boot,driver=vvfat,read-only=on,label=LINTEL,dir=";
    list.insert(list.end(), {"-drive", drive + quoted(boot.image)});
    for (std::string& word : disk_arguments(boot.bus)) list.push_back(std::move(word));
    return list;
}

// The names are what loader/direct/volume.hpp looks for.
std::vector<std::string> boot_arguments(const DirectBoot& boot) {
    std::vector<std::string> list;
    if (boot.bios) list = {"-bios", boot.bios->string()};
    list.insert(list.end(), {"-kernel", boot.loader.string()});
    list.insert(list.end(), {"-fw_cfg", "name=opt/lintel/index,file=" + quoted(boot.index)});
    for (std::size_t number = 0; number < boot.files.size(); ++number)
        list.insert(list.end(),
                    {"-fw_cfg", fmt::format("name=opt/lintel/{},file={}", number, quoted(boot.files[number].source))});
    // QEMU has room for about 20 files of ours unless it is told otherwise.
    if (boot.files.size() > 8)
        list.insert(list.end(), {"-global", fmt::format("fw_cfg_io.x-file-slots={}", boot.files.size() + 32)});
    return list;
}

bool adds_exit_device(const MachineConfiguration& machine) {
    return std::ranges::any_of(machine.extra, [](const std::string& word) { return word.contains("isa-debug-exit"); });
}

}  // namespace

bool asks_for_log(const MachineConfiguration& machine) {
    return std::ranges::any_of(machine.extra, [](const std::string& word) { return word == "-d" || word == "-D"; });
}

std::vector<std::string> emulator_arguments(const MachineConfiguration& machine, const Wires& wires) {
    std::vector<std::string> list = {machine.emulator.string(), "-nodefaults", "-machine", "q35"};
    auto add = [&](std::string name, std::string value) {
        list.push_back(std::move(name));
        list.push_back(std::move(value));
    };
    add("-accel", machine.accelerator == Accelerator::kvm ? "kvm" : "tcg");
    add("-cpu", machine.accelerator == Accelerator::kvm ? "host" : "max");
    if (machine.counts_instructions) add("-icount", "shift=0,sleep=off");
    add("-m", machine.memory);
    add("-smp", fmt::format("{}", machine.processors));
    for (std::string& word : std::visit([](const auto& boot) { return boot_arguments(boot); }, machine.boot))
        list.push_back(std::move(word));
    add("-vga", "std");
    if (!machine.window) add("-display", "none");
    // A machine that resets or switches off stands still instead, so that its state can be looked at.
    add("-action", "reboot=shutdown,shutdown=pause");
    if (wires.fault_log) {
        add("-d", "int,cpu_reset");
        add("-D", wires.fault_log->string());
    }
    if (!adds_exit_device(machine)) add("-device", "isa-debug-exit,iobase=0xf4,iosize=0x04");
    add("-chardev", "pipe,id=lintel-serial,path=" + quoted(wires.serial));
    add("-serial", "chardev:lintel-serial");
    add("-chardev", fmt::format("socket,id=lintel-control,fd={}", wires.control));
    add("-mon", "chardev=lintel-control,mode=control");
    if (wires.debugger) {
        add("-chardev", fmt::format("socket,id=lintel-debugger,server=on,wait=off,fd={}", *wires.debugger));
        add("-gdb", "chardev:lintel-debugger");
    }
    if (machine.paused) list.emplace_back("-S");
    list.insert(list.end(), machine.extra.begin(), machine.extra.end());
    return list;
}

Outcome<fs::path> find_emulator() {
    if (auto found = find_program("qemu-system-x86_64")) return *found;
    return refuse("qemu-system-x86_64 is missing; install it with: apt-get install qemu-system-x86");
}

}  // namespace lintel::runner
