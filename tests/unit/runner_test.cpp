// The runner's own logic: what it concludes from texts and files, without starting a machine.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <map>
#include <ranges>

#include "runner/host/process.hpp"
#include "runner/image/loader_choice.hpp"
#include "runner/machine/accelerator.hpp"
#include "runner/machine/console.hpp"
#include "runner/machine/emulator.hpp"
#include "runner/machine/entry_tsc.hpp"
#include "runner/machine/firmware.hpp"
#include "runner/machine/registers.hpp"
#include "runner/machine/version.hpp"
#include "runner/machine/watch.hpp"

namespace lintel::runner {
namespace {

bool has_pair(const std::vector<std::string>& list, std::string_view name, std::string_view value) {
    return std::ranges::adjacent_find(list, [&](const auto& a, const auto& b) { return a == name && b == value; }) !=
           list.end();
}

/// A folder with made-up files in it.
class FakeRoot : public testing::Test {
protected:
    void SetUp() override {
        auto made = TemporaryFolder::make();
        ASSERT_TRUE(made);
        folder_ = std::move(*made);
    }
    fs::path add(const fs::path& file) {
        const fs::path path = root() / file;
        EXPECT_TRUE(make_folders(path.parent_path()));
        EXPECT_TRUE(write_file(path, "x"));
        return path;
    }
    const fs::path& root() { return folder_->path(); }

private:
    std::optional<TemporaryFolder> folder_;
};

class FirmwareSearch : public FakeRoot {};
class LoaderSearch : public FakeRoot {
protected:
    void add_limine(const fs::path& folder) {
        for (const char* name : {"BOOTX64.EFI", "limine-bios.sys", "limine-bios-cd.bin", "limine-uefi-cd.bin"})
            add(folder / name);
        fs::permissions(add(folder / "limine"), fs::perms::owner_all);
    }
    LoaderPlaces places() { return {.own = add("own/BOOTX64.EFI"), .distribution = root() / "usr/share/limine"}; }
};

TEST_F(FirmwareSearch, finds_the_code_and_its_variables_where_each_distribution_puts_them) {
    const std::pair<const char*, const char*> known[] = {
        {"usr/share/OVMF/OVMF_CODE_4M.fd", "usr/share/OVMF/OVMF_VARS_4M.fd"},
        {"usr/share/edk2/ovmf/OVMF_CODE.fd", "usr/share/edk2/ovmf/OVMF_VARS.fd"},
        {"usr/share/edk2/x64/OVMF_CODE.4m.fd", "usr/share/edk2/x64/OVMF_VARS.4m.fd"},
        {"run/current-system/sw/FV/OVMF_CODE.fd", "run/current-system/sw/FV/OVMF_VARS.fd"},
        {"opt/homebrew/share/qemu/edk2-x86_64-code.fd", "opt/homebrew/share/qemu/edk2-i386-vars.fd"}};
    for (auto [code, variables] : known) {
        const fs::path code_path = add(code);
        const fs::path variables_path = add(variables);
        auto found = find_firmware({.root = root()});
        ASSERT_TRUE(found) << code;
        EXPECT_EQ(found->code, code_path);
        EXPECT_EQ(found->variables, variables_path);
        fs::remove(code_path);
    }
}

TEST_F(FirmwareSearch, passes_over_code_without_its_variables) {
    add("usr/share/OVMF/OVMF_CODE_4M.fd");
    const fs::path combined = add("usr/share/ovmf/OVMF.fd");
    auto found = find_firmware({.root = root()});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->code, combined);
    EXPECT_FALSE(found->variables);
}

TEST_F(FirmwareSearch, looks_beside_the_emulator) {
    const fs::path code = add("nix/store/qemu/share/qemu/edk2-x86_64-code.fd");
    add("nix/store/qemu/share/qemu/edk2-i386-vars.fd");
    auto found = find_firmware({.root = root(), .emulator = root() / "nix/store/qemu/bin/qemu-system-x86_64"});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->code, code);
}

TEST_F(FirmwareSearch, a_file_in_ovmf_path_wins_and_brings_its_variables) {
    add("usr/share/OVMF/OVMF_CODE_4M.fd");
    add("usr/share/OVMF/OVMF_VARS_4M.fd");
    const fs::path code = add("mine/OVMF_CODE.secboot.fd");
    const fs::path variables = add("mine/OVMF_VARS.secboot.fd");
    auto found = find_firmware({.ovmf_path = code.string(), .root = root()});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->code, code);
    EXPECT_EQ(found->variables, variables);
}

TEST_F(FirmwareSearch, a_wrong_ovmf_path_is_refused_and_not_replaced) {
    add("usr/share/OVMF/OVMF_CODE_4M.fd");
    add("usr/share/OVMF/OVMF_VARS_4M.fd");
    fs::create_directory(root() / "empty");
    for (const fs::path& wrong : {root() / "nowhere", root() / "empty"}) {
        auto found = find_firmware({.ovmf_path = wrong.string(), .root = root()});
        ASSERT_FALSE(found);
        EXPECT_TRUE(found.error().sentence.contains("OVMF_PATH=" + wrong.string())) << found.error().sentence;
    }
}

TEST_F(FirmwareSearch, without_any_the_sentence_names_the_package) {
    auto found = find_firmware({.root = root()});
    ASSERT_FALSE(found);
    EXPECT_TRUE(found.error().sentence.contains("apt-get install ovmf")) << found.error().sentence;
}

TEST_F(LoaderSearch, ours_is_the_default) {
    auto choice = choose_loader(LoaderWish::automatic, places());
    ASSERT_TRUE(choice);
    EXPECT_FALSE(choice->limine());
    EXPECT_EQ(choice->efi(), root() / "own/BOOTX64.EFI");
}

TEST_F(LoaderSearch, limine_path_wins_over_the_distribution_and_the_default) {
    add_limine("usr/share/limine");
    add_limine("mine");
    LoaderPlaces all = places();
    all.limine_path = (root() / "mine").string();
    auto choice = choose_loader(LoaderWish::automatic, all);
    ASSERT_TRUE(choice) << choice.error().sentence;
    EXPECT_EQ(choice->efi(), root() / "mine/BOOTX64.EFI");
    all.limine_path.reset();
    choice = choose_loader(LoaderWish::automatic, all);
    ASSERT_TRUE(choice);
    EXPECT_EQ(choice->efi(), root() / "usr/share/limine/BOOTX64.EFI");
}

TEST_F(LoaderSearch, an_incomplete_limine_path_is_refused_by_the_file_that_it_lacks) {
    LoaderPlaces all = places();
    all.limine_path = (root() / "mine").string();
    for (const char* name : {"BOOTX64.EFI", "limine-bios.sys", "limine-bios-cd.bin", "limine-uefi-cd.bin"}) {
        add_limine("mine");
        fs::remove(root() / "mine" / name);
        auto choice = choose_loader(LoaderWish::automatic, all);
        ASSERT_FALSE(choice) << name;
        EXPECT_TRUE(choice.error().sentence.contains(std::string(" lacks ") + name)) << choice.error().sentence;
    }
    all.limine_path = (root() / "nowhere").string();
    auto choice = choose_loader(LoaderWish::automatic, all);
    ASSERT_FALSE(choice);
    EXPECT_TRUE(choice.error().sentence.contains("is not a folder"));
}

TEST_F(LoaderSearch, a_wish_is_obeyed_or_refused) {
    LoaderPlaces all = places();
    EXPECT_FALSE(choose_loader(LoaderWish::limine, all));
    all.limine_path = "/nowhere";
    auto choice = choose_loader(LoaderWish::lintel, all);
    ASSERT_TRUE(choice);
    EXPECT_FALSE(choice->limine());
}

TEST(Accelerator, kvm_needs_both_the_device_and_the_processor) {
    auto chosen = [](bool opens, bool virtualizing) {
        return choose_accelerator(AcceleratorWish::automatic, {opens, "No such file", virtualizing})->accelerator;
    };
    EXPECT_EQ(chosen(true, true), Accelerator::kvm);
    EXPECT_EQ(chosen(true, false), Accelerator::tcg);
    EXPECT_EQ(chosen(false, true), Accelerator::tcg);
}

TEST(Accelerator, kvm_by_wish_is_refused_where_the_device_does_not_open) {
    auto choice = choose_accelerator(AcceleratorWish::kvm, {false, "Permission denied", true});
    ASSERT_FALSE(choice);
    EXPECT_TRUE(choice.error().sentence.contains("/dev/kvm: Permission denied"));
    EXPECT_EQ(choose_accelerator(AcceleratorWish::kvm, {true, "", false})->accelerator, Accelerator::kvm);
}

TEST(Accelerator, reads_whole_words_from_the_processor_flags) {
    EXPECT_TRUE(virtualizes("processor\t: 0\nflags\t\t: fpu vmx sse\n"));
    EXPECT_TRUE(virtualizes("processor\t: 0\nflags\t\t: fpu svm\nbugs\t: x\n"));
    EXPECT_FALSE(virtualizes("processor\t: 0\nflags\t\t: fpu svm_lock\nvmx flags\t: vmx \n"));
    EXPECT_FALSE(virtualizes(""));
}

TEST(EmulatorArguments, what_the_person_adds_comes_last_and_untouched) {
    MachineConfiguration machine{.emulator = "/q", .boot = UefiBoot{.firmware = {"/c", "/v", ""}, .image = "/i.iso"}};
    machine.extra = {"-s", "-S", "a b", "--"};
    auto list = emulator_arguments(machine, {.serial = "/s", .control = 4});
    ASSERT_GT(list.size(), 4U);
    EXPECT_TRUE(std::ranges::equal(list | std::views::drop(list.size() - 4), machine.extra));
    EXPECT_EQ(list[0], "/q");
}

TEST(EmulatorArguments, the_firmware_code_is_read_only_unless_it_holds_the_variables_too) {
    MachineConfiguration machine{.emulator = "/q", .boot = UefiBoot{.firmware = {"/c,1", "/v", ""}, .image = {}}};
    auto list = emulator_arguments(machine, {});
    EXPECT_TRUE(has_pair(list, "-drive", "if=pflash,unit=0,format=raw,readonly=on,file=/c,,1"));
    EXPECT_TRUE(has_pair(list, "-drive", "if=pflash,unit=1,format=raw,file=/v"));
    std::get<UefiBoot>(machine.boot).firmware.variables.reset();
    EXPECT_TRUE(has_pair(emulator_arguments(machine, {}), "-drive", "if=pflash,unit=0,format=raw,file=/c,,1"));
}

TEST(EmulatorArguments, no_medium_lets_the_guest_write_into_the_persons_files) {
    MachineConfiguration machine{.emulator = "/q"};
    auto with = [&](ImageType type) {
        machine.boot = UefiBoot{.firmware = {"/c", "/v", ""}, .image = "/i,j", .type = type};
        return emulator_arguments(machine, {});
    };
    EXPECT_TRUE(has_pair(with(ImageType::iso), "-cdrom", "/i,j"));
    EXPECT_TRUE(has_pair(with(ImageType::disk), "-drive", "if=none,id=lintel-boot,format=raw,snapshot=on,file=/i,,j"));
    EXPECT_TRUE(has_pair(with(ImageType::esp), "-drive",
                         "if=none,id=lintel-boot,driver=vvfat,read-only=on,label=LINTEL,dir=/i,,j"));
}

TEST(EmulatorArguments, a_disk_is_attached_to_the_bus_that_is_named) {
    MachineConfiguration machine{.emulator = "/q"};
    for (const auto& [bus, device] : std::map<Bus, std::string>{{Bus::virtio, "virtio-blk-pci"},
                                                                {Bus::ahci, "ide-hd,bus=lintel-ahci.0"},
                                                                {Bus::usb, "usb-storage,bus=lintel-usb.0"},
                                                                {Bus::nvme, "nvme,serial=lintel"}}) {
        machine.boot = UefiBoot{.firmware = {"/c", "/v", ""}, .image = "/i", .type = ImageType::disk, .bus = bus};
        EXPECT_TRUE(has_pair(emulator_arguments(machine, {}), "-device", device + ",drive=lintel-boot,bootindex=1"))
            << device;
    }
}

TEST(EmulatorArguments, a_direct_boot_hands_over_each_file_under_its_number) {
    MachineConfiguration machine{.emulator = "/q"};
    machine.boot =
        DirectBoot{.loader = "/l", .bios = "/b", .files = {{"boot/a", "/a,b"}, {"boot/c", "/c"}}, .index = "/x"};
    auto list = emulator_arguments(machine, {});
    EXPECT_TRUE(has_pair(list, "-bios", "/b"));
    EXPECT_TRUE(has_pair(list, "-kernel", "/l"));
    EXPECT_TRUE(has_pair(list, "-fw_cfg", "name=opt/lintel/index,file=/x"));
    EXPECT_TRUE(has_pair(list, "-fw_cfg", "name=opt/lintel/0,file=/a,,b"));
    EXPECT_TRUE(has_pair(list, "-fw_cfg", "name=opt/lintel/1,file=/c"));
    EXPECT_EQ(std::ranges::find(list, "-cdrom"), list.end());
}

TEST(EmulatorArguments, many_files_get_the_slots_that_they_need) {
    MachineConfiguration machine{.emulator = "/q"};
    machine.boot = DirectBoot{.files = std::vector<VolumeFile>(100)};
    EXPECT_TRUE(has_pair(emulator_arguments(machine, {}), "-global", "fw_cfg_io.x-file-slots=132"));
}

TEST(Additions, go_ahead_of_what_the_default_entry_has) {
    const std::string text = "timeout: 0\ndefault_entry: 2\n/A\ncmdline: a\n/B\nprotocol: limine\nkernel_cmdline: b\n";
    auto more = with_additions(text, {.command_line = "c d", .modules = {"/x/m.tar"}});
    ASSERT_TRUE(more) << more.error().sentence;
    EXPECT_EQ(*more,
              "timeout: 0\ndefault_entry: 2\n/A\ncmdline: a\n/B\ncmdline: b c d\n"
              "module_path: boot():/boot/modules/m.tar\nprotocol: limine\nkernel_cmdline: b\n");
}

TEST(Additions, reach_an_entry_whose_title_ends_the_file) {
    auto more = with_additions("/A", {.command_line = "x", .modules = {}});
    ASSERT_TRUE(more) << more.error().sentence;
    EXPECT_EQ(*more, "/A\ncmdline: x");
}

TEST(Additions, a_kernel_that_is_to_halt_is_told_so_unless_its_entry_says_what_it_is_to_do) {
    auto halting = [](const std::string& text, const std::string& more) {
        return with_additions(text, {.command_line = more, .modules = {}, .halt = true}).value_or("refused");
    };
    EXPECT_EQ(halting("/A\nprotocol: limine\ncmdline: a", ""),
              "/A\ncmdline: a init=halt\nprotocol: limine\ncmdline: a");
    EXPECT_EQ(halting("/A\nprotocol: limine", "b"), "/A\ncmdline: b init=halt\nprotocol: limine");
    EXPECT_EQ(halting("/A\nprotocol: limine", "b init=x"), "/A\ncmdline: b init=x\nprotocol: limine");
    for (const std::string unchanged : {"/A\nprotocol: limine\ncmdline: init=x", "/A\nprotocol: efi\ncmdline: a"})
        EXPECT_EQ(halting(unchanged, ""), unchanged);
}

TEST(Additions, to_a_broken_configuration_are_refused_with_the_parsers_sentence) {
    auto more = with_additions("/A\nnonsense\n", {.command_line = "x", .modules = {}});
    ASSERT_FALSE(more);
    EXPECT_TRUE(more.error().sentence.starts_with("the configuration cannot be added to: ")) << more.error().sentence;
    EXPECT_TRUE(more.error().sentence.contains("(2)")) << more.error().sentence;
}

TEST(EmulatorArguments, leave_what_the_person_brings_along_to_the_person) {
    MachineConfiguration machine{.emulator = "/q"};
    EXPECT_FALSE(asks_for_log(machine));
    EXPECT_TRUE(has_pair(emulator_arguments(machine, {}), "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"));
    machine.extra = {"-device", "isa-debug-exit,iobase=0x501", "-d", "in_asm"};
    EXPECT_TRUE(asks_for_log(machine));
    EXPECT_FALSE(has_pair(emulator_arguments(machine, {}), "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"));
}

TEST(EmulatorArguments, follow_the_configuration) {
    MachineConfiguration machine{.emulator = "/q"};
    machine.accelerator = Accelerator::kvm;
    machine.memory = "1G";
    machine.processors = 4;
    machine.window = true;
    machine.paused = true;
    auto list = emulator_arguments(machine, {.serial = "/a,b/serial", .control = 8, .debugger = 9});
    EXPECT_TRUE(has_pair(list, "-accel", "kvm") && has_pair(list, "-cpu", "host"));
    EXPECT_TRUE(has_pair(list, "-m", "1G") && has_pair(list, "-smp", "4"));
    EXPECT_TRUE(has_pair(list, "-chardev", "pipe,id=lintel-serial,path=/a,,b/serial"));
    EXPECT_TRUE(has_pair(list, "-gdb", "chardev:lintel-debugger"));
    EXPECT_EQ(std::ranges::count(list, "-S"), 1);
    EXPECT_EQ(std::ranges::count(list, "-display"), 0);
    machine.window = false;
    EXPECT_TRUE(has_pair(emulator_arguments(machine, {}), "-display", "none"));
}

constexpr std::string_view halted_in_kernel =
    "\nCPU#0\nRAX=0000000000000000 RBX=0000000000000001\r\n"
    "RIP=ffffffff80001234 RFL=00000046 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=1\r\nES =0030\r\n";
constexpr std::string_view reset_vector = "EIP=0000fff0 EFL=00000002 [-------] CPL=0 II=0 A20=1 SMM=0 HLT=0\r\n";

TEST(Registers, reads_each_processor_in_any_mode) {
    auto processors = parse_registers(std::string(halted_in_kernel) + "\nCPU#1\n" + std::string(reset_vector));
    ASSERT_EQ(processors.size(), 2U);
    EXPECT_EQ(processors[0].instruction, 0xffffffff80001234U);
    EXPECT_TRUE(processors[0].halted);
    EXPECT_FALSE(processors[0].interrupts);
    EXPECT_EQ(processors[1].instruction, 0xfff0U);
    EXPECT_FALSE(processors[1].halted);
    EXPECT_TRUE(parse_registers("unknown command: info\r\n").empty());
    EXPECT_TRUE(parse_registers("RIP= RFL=1 HLT=1").empty());
}

TEST(Registers, only_a_halt_with_interrupts_off_on_all_of_the_kernels_processors_counts) {
    const ProcessorState stopped{0xffffffff80000000, false, true};
    EXPECT_EQ(halt_state(std::vector{stopped}), Halt::in_kernel);
    EXPECT_EQ(halt_state(std::vector{ProcessorState{0x7f000, false, true}}), Halt::before_kernel);
    EXPECT_EQ(halt_state(std::vector{ProcessorState{0xffffffff80000000, true, true}}), Halt::running);
    const ProcessorState busy{0xffffffff80000000, false, false};
    const ProcessorState with_firmware{0x9000, false, false};
    EXPECT_EQ(halt_state(std::vector{busy, stopped}), Halt::running);
    EXPECT_EQ(halt_state(std::vector{stopped, busy}), Halt::running);
    EXPECT_EQ(halt_state(std::vector{stopped, stopped}), Halt::in_kernel);
    EXPECT_EQ(halt_state(std::vector{stopped, with_firmware}), Halt::in_kernel);
    EXPECT_EQ(halt_state(std::vector{with_firmware, stopped}), Halt::running);
    EXPECT_EQ(halt_state({}), Halt::running);
}

TEST(Console, plain_text_has_no_terminal_control) {
    PlainText text;
    EXPECT_EQ(text.feed("\x1b[2J\x1b[01;01H\x1b[=3hBds\x1b[0m: on\r\n"), "Bds: on\n");
    EXPECT_EQ(text.feed("a\x1b"), "a");  // a sequence may come in pieces
    EXPECT_EQ(text.feed("[3"), "");
    EXPECT_EQ(text.feed("1mb\tc\x07\n"), "b\tc\n");
}

TEST(Console, text_in_another_row_is_another_line) {
    PlainText text;
    EXPECT_EQ(text.feed("\x1b[3;1Ha\x1b[3;2Hb\x1b[4;1Hc"), "ab\nc");
}

TEST(Console, a_message_counts_at_the_start_of_its_line_only) {
    LogWatch log;
    log.feed("kernel: command line: \"panic: no\"\n lintel loader: error: no\n");
    EXPECT_FALSE(log.panic() || log.loader_error());
    log.feed("pan");
    log.feed("ic: first\npanic: at main.cpp:3\nlintel loader: error: no such file");
    EXPECT_EQ(log.panic(), "first");
    EXPECT_FALSE(log.loader_error());
    log.feed("\n");
    EXPECT_EQ(log.loader_error(), "no such file");
}

TEST(Console, a_panic_is_known_in_the_words_of_many_kernels) {
    const auto reason = [](std::string_view line) {
        LogWatch log;
        log.feed(line);
        return log.panic().value_or("none");
    };
    EXPECT_EQ(reason("KERNEL PANIC: no memory\n"), "no memory");
    EXPECT_EQ(reason("[    0.512] Kernel panic - not syncing: no init\n"), "not syncing: no init");
    EXPECT_EQ(reason("[    0.512345 3] panic: no memory\n"), "no memory");
    EXPECT_EQ(reason("*** PANIC: lost\n"), "lost");
    EXPECT_EQ(reason("[PANIC] lost\n"), "lost");
    EXPECT_EQ(reason("Kernel panic, abort.\n"), "abort.");
    EXPECT_EQ(reason("\t### KERNEL PANIC! ###\n"), "");
    EXPECT_EQ(reason("=== KERNEL PANIC === lost\n"), "lost");
    EXPECT_EQ(reason("---[ end Kernel panic - not syncing: no init ]---\n"), "none");
    EXPECT_EQ(reason("panicked at src/main.rs:4:5:\n"), "panicked at src/main.rs:4:5:");
    EXPECT_EQ(reason("no panic: all is well\n"), "none");
    EXPECT_EQ(reason("[unfinished panic: x\n"), "none");
    EXPECT_EQ(reason("panicky\n"), "none");
}

TEST(EntryTsc, is_the_last_number_behind_its_words) {
    EXPECT_EQ(entry_tsc("[    0.000000 0] entry tsc 2704123456\n[    0.000012 0] more\n"), 2704123456U);
    EXPECT_EQ(entry_tsc("entry tsc 27"), std::nullopt) << "more digits may be on their way";
    EXPECT_EQ(entry_tsc("entry tsc x\n"), std::nullopt);
    EXPECT_EQ(entry_tsc("no such line\n"), std::nullopt);
}

TEST(Version, is_the_first_number_with_a_dot) {
    EXPECT_EQ(find_version("Debian clang version 19.1.7 (3~deb12u1)\n"), "19.1.7");
    EXPECT_EQ(find_version("QEMU emulator version 7.2.22 (Debian)"), "7.2.22");
    EXPECT_EQ(find_version("1.11.1\n"), "1.11.1");
    EXPECT_EQ(find_version("Copyright 2022."), std::nullopt);
    EXPECT_EQ(find_version(""), std::nullopt);
}

TEST(ShellLine, quotes_what_a_shell_would_take_apart) {
    EXPECT_EQ(shell_line({"q", "-m", "512M", "a b", "it's", ""}), "q -m 512M 'a b' 'it'\\''s' ''");
}

TEST(LastLines, drops_empty_ones) {
    EXPECT_EQ(last_lines("one\n\ntwo\r\nthree\n", 2), "two; three");
    EXPECT_EQ(last_lines("one", 3), "one");
    EXPECT_EQ(last_lines("\n\n", 3), "");
}

TEST(Processes, report_their_status_and_all_that_they_say) {
    auto finished = run({.arguments = {"/bin/sh", "-c", "echo out; echo err >&2; exit 3"}});
    ASSERT_TRUE(finished);
    EXPECT_EQ(finished->status, 3);
    EXPECT_EQ(finished->text, "out\nerr\n");
}

TEST(Processes, a_program_that_cannot_start_is_a_sentence) {
    auto finished = run({.arguments = {"/nowhere/at/all"}});
    ASSERT_FALSE(finished);
    EXPECT_EQ(finished.error().sentence, "cannot start /nowhere/at/all: No such file or directory");
}

TEST(Processes, do_not_outlive_their_owner) {
    auto made = Process::start({.arguments = {"/bin/sleep", "1000"}});
    ASSERT_TRUE(made);
    EXPECT_FALSE(made->status());
    made->end();
    EXPECT_EQ(made->status(), 128 + SIGTERM);
}

TEST(Files, a_pending_file_appears_whole_or_not_at_all) {
    auto folder = TemporaryFolder::make();
    ASSERT_TRUE(folder);
    const fs::path target = folder->path() / "os.iso";
    {
        Pending abandoned(target);
        ASSERT_TRUE(write_file(abandoned.path(), "half"));
    }
    EXPECT_TRUE(fs::is_empty(folder->path()));
    Pending finished(target);
    ASSERT_TRUE(write_file(finished.path(), "whole"));
    EXPECT_FALSE(is_file(target));
    ASSERT_TRUE(finished.commit());
    EXPECT_EQ(read_file(target, "").value(), "whole");
}

TEST(Verdicts, of_the_debug_exit_device_follow_the_value_that_was_written) {
    EXPECT_EQ(verdict_of_exit(33)->verdict, Verdict::passed);  // (0x10 << 1) | 1
    EXPECT_EQ(verdict_of_exit(35)->verdict, Verdict::failed);
    EXPECT_EQ(verdict_of_exit(85)->verdict, Verdict::failed);
    EXPECT_TRUE(verdict_of_exit(85)->detail.contains("0x2a"));
    EXPECT_FALSE(verdict_of_exit(0));
    EXPECT_FALSE(verdict_of_exit(134));
}

TEST(Verdicts, have_exit_codes_that_tell_them_apart) {
    EXPECT_EQ(exit_code(Verdict::halted), Exit{0});
    EXPECT_EQ(exit_code(Verdict::panicked), Exit{3});
    EXPECT_EQ(exit_code(Verdict::passed), Exit{0});
    EXPECT_EQ(exit_code(Verdict::failed), Exit{1});
    EXPECT_EQ(exit_code(Verdict::triple_fault), Exit{4});
    EXPECT_EQ(exit_code(Verdict::reset), Exit{4});
    EXPECT_EQ(exit_code(Verdict::timed_out), Exit{5});
    EXPECT_EQ(exit_code(Verdict::loader_error), Exit{6});
    EXPECT_EQ(exit_code(Verdict::emulator_error), Exit{7});
}

}  // namespace
}  // namespace lintel::runner
