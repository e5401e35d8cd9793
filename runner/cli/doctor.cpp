// `lintel doctor`: what this machine has of what is needed.
// Invariant: it asks each thing the way the commands do, so that its answer is theirs.
#include <cstdio>

#include "runner/cli/command_line.hpp"
#include "runner/cli/setup.hpp"
#include "runner/host/process.hpp"
#include "runner/machine/version.hpp"

namespace lintel::runner {

namespace {

struct Tool {
    std::string_view name;
    std::string_view package;
    std::string_view purpose;
};

constexpr Tool tools[] = {
    {"clang++-19", "clang-19", "compiles"},
    {"ld.lld-19", "lld-19", "links"},
    {"llvm-objcopy-19", "llvm-19", "takes debug information out of the image's kernel"},
    {"cmake", "cmake", "configures"},
    {"ninja", "ninja-build", "builds"},
    {"xorriso", "xorriso", "makes the ISO"},
    {"mformat", "mtools", "makes the EFI system partition"},
    {"mcopy", "mtools", "fills the EFI system partition"},
    {"/usr/sbin/sfdisk", "fdisk", "makes the partition table of a disk"},
    {"qemu-system-x86_64", "qemu-system-x86", "runs the machine"},
    {"gdb", "gdb", "debugs"},
};

struct Header {
    std::string_view path;
    std::string_view package;
};

constexpr Header headers[] = {
    {"/usr/lib/llvm-19/include/c++/v1/expected", "libc++-19-dev"},
    {"/usr/include/efi/efi.h", "gnu-efi"},
    {"/usr/include/CLI/CLI.hpp", "libcli11-dev"},
    {"/usr/include/fmt/format.h", "libfmt-dev"},
    {"/usr/include/nlohmann/json.hpp", "nlohmann-json3-dev"},
    {"/usr/include/toml++/toml.h", "libtomlplusplus-dev"},
    {"/usr/include/elfutils/libdw.h", "libdw-dev"},
    {"/usr/include/Zydis/Zydis.h", "libzydis-dev"},
    {"/usr/share/consolefonts/Uni2-Terminus16.psf.gz", "console-setup-linux"},
    {"/usr/include/gtest/gtest.h", "libgtest-dev"},
};

class Findings {
public:
    void good(std::string_view name, std::string_view what) { line("ok", name, what); }
    void bad(std::string_view name, std::string_view what) {
        line("missing", name, what);
        complete_ = false;
    }
    void note(std::string_view name, std::string_view what) { line("-", name, what); }
    [[nodiscard]] bool complete() const { return complete_; }

private:
    static void line(std::string_view state, std::string_view name, std::string_view what) {
        fmt::print("{:<8} {:<20} {}\n", state, name, what);
    }
    bool complete_ = true;
};

void look_at_tools(Findings& findings) {
    for (const Tool& tool : tools) {
        auto path = find_program(tool.name);
        if (!path) {
            findings.bad(tool.name, fmt::format("{}; apt-get install {}", tool.purpose, tool.package));
            continue;
        }
        auto asked = run({.arguments = {*path, "--version"}, .environment = {{"LC_ALL", "C"}}});
        auto version = asked ? find_version(asked->text) : std::nullopt;
        findings.good(tool.name, fmt::format("{} {}", path->string(), version.value_or("(no version)")));
    }
    for (const Header& header : headers) {
        fs::path path(header.path);
        if (is_file(path))
            findings.good(header.package, path.string());
        else
            findings.bad(header.package, fmt::format("{}; apt-get install {}", path.string(), header.package));
    }
}

void look_at_machine(Findings& findings, const Project& project) {
    auto firmware =
        find_firmware({.ovmf_path = environment("OVMF_PATH"), .emulator = find_program("qemu-system-x86_64")});
    if (firmware)
        findings.good("firmware", firmware->reason);
    else
        findings.bad("firmware", firmware.error().sentence);
    auto accelerator = choose_accelerator(AcceleratorWish::automatic, accelerator_facts());
    findings.note("accelerator", accelerator ? accelerator->reason : accelerator.error().sentence);
    auto loader = loader_for(project, {});
    if (loader)
        findings.good("boot loader", loader->reason);
    else
        findings.bad("boot loader", loader.error().sentence);
}

}  // namespace

Outcome<Exit> doctor_command(const Project& project) {
    Findings findings;
    look_at_tools(findings);
    look_at_machine(findings, project);
    if (findings.complete()) return Exit::success;
    return refuse("something is missing: see the lines above");
}

void add_doctor(CommandLine& line) {
    line.app.add_subcommand("doctor", "each tool and file that is needed: where it is, or how to get it")
        ->final_callback([&line] { line.chosen = doctor_command; });
}

}  // namespace lintel::runner
