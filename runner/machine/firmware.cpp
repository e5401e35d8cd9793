// The places where distributions put OVMF, as their packages' file lists show them.
// Invariant: an answer given through OVMF_PATH is never replaced by a guess.
#include "runner/machine/firmware.hpp"

#include <array>

namespace lintel::runner {

namespace {

struct Names {
    std::string_view code;
    std::string_view variables;  // empty: the file holds both
};

// The 4 MB builds come first: they are what distributions maintain.
constexpr std::array<Names, 8> known_names = {{
    {"OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd"},
    {"OVMF_CODE.4m.fd", "OVMF_VARS.4m.fd"},
    {"OVMF_CODE.fd", "OVMF_VARS.fd"},
    {"ovmf-x86_64-4m-code.bin", "ovmf-x86_64-4m-vars.bin"},
    {"ovmf-x86_64-code.bin", "ovmf-x86_64-vars.bin"},
    {"edk2-x86_64-code.fd", "edk2-i386-vars.fd"},
    {"OVMF.fd", ""},
    {"OVMF.4m.fd", ""},
}};

constexpr std::array<std::string_view, 13> known_folders = {
    "usr/share/OVMF",                        // Debian, Ubuntu
    "usr/share/edk2/ovmf",                   // Fedora
    "usr/share/edk2/x64",                    // Arch
    "usr/share/edk2-ovmf/x64",               // Arch, until 2024; Gentoo
    "usr/share/ovmf",                        // Debian's combined file
    "usr/share/ovmf/x64",                    // older Arch
    "run/current-system/sw/FV",              // NixOS
    "run/libvirt/nix-ovmf",                  // NixOS with libvirt
    "nix/var/nix/profiles/default/FV",       // Nix
    "opt/homebrew/share/qemu",               // Homebrew, Apple silicon
    "usr/local/share/qemu",                  // Homebrew, and QEMU installed by hand
    "home/linuxbrew/.linuxbrew/share/qemu",  // Homebrew on Linux
    "usr/share/qemu",                        // openSUSE, and QEMU's own copy
};

std::optional<Firmware> look_in(const fs::path& folder, std::string_view why) {
    for (const Names& names : known_names) {
        const fs::path code = folder / names.code;
        if (!is_file(code)) continue;
        const std::string reason = fmt::format("{} ({})", code.string(), why);
        if (names.variables.empty()) return Firmware{code, std::nullopt, reason};
        const fs::path variables = folder / names.variables;
        if (is_file(variables)) return Firmware{code, variables, reason};
    }
    return std::nullopt;
}

/// The variable store that belongs to a code file: the same name with "vars" for "code".
std::optional<fs::path> variables_beside(const fs::path& code) {
    constexpr std::array<std::array<std::string_view, 2>, 3> spellings = {
        {{"CODE", "VARS"}, {"code", "vars"}, {"edk2-x86_64-code", "edk2-i386-vars"}}};
    for (const auto& [from, to] : spellings) {
        std::string name = code.filename().string();
        std::size_t at = name.rfind(from);
        if (at == std::string::npos) continue;
        fs::path candidate = code.parent_path() / name.replace(at, from.size(), to);
        if (is_file(candidate)) return candidate;
    }
    return std::nullopt;
}

Outcome<Firmware> told(const std::string& ovmf_path) {
    const fs::path path = fs::absolute(ovmf_path);
    const std::string why = "because OVMF_PATH=" + ovmf_path;
    if (is_file(path)) return Firmware{path, variables_beside(path), fmt::format("{} ({})", path.string(), why)};
    if (is_folder(path)) {
        for (const fs::path& folder : {path, path / "FV"})
            if (auto found = look_in(folder, why)) return *found;
        return refuse("OVMF_PATH={} has no OVMF_CODE*.fd with its OVMF_VARS*.fd; name the firmware file itself",
                      ovmf_path);
    }
    return refuse("OVMF_PATH={} is neither a file nor a folder; unset it, or point it at OVMF", ovmf_path);
}

}  // namespace

Outcome<Firmware> find_firmware(const FirmwarePlaces& places) {
    if (places.ovmf_path) return told(*places.ovmf_path);
    for (std::string_view folder : known_folders)
        if (auto found = look_in(places.root / folder, "found there")) return *found;
    if (places.emulator)
        if (auto found =
                look_in(fs::absolute(*places.emulator).parent_path().parent_path() / "share/qemu", "beside QEMU"))
            return *found;
    return refuse(
        "no UEFI firmware for virtual machines found; install it with: apt-get install ovmf, "
        "or set OVMF_PATH to OVMF's file or folder");
}

std::optional<fs::path> find_qboot(const fs::path& emulator) {
    const fs::path beside = fs::absolute(emulator).parent_path().parent_path() / "share/qemu";
    for (const fs::path& folder : {beside, fs::path("/usr/share/qemu"), fs::path("/usr/share/seabios")})
        if (is_file(folder / "qboot.rom")) return folder / "qboot.rom";
    return std::nullopt;
}

}  // namespace lintel::runner
