// Where things are: this tree's own files, as its build put them, or those of an installed Lintel.
// Invariant: all paths are absolute. Only an installed Lintel has no kernel of its own.
#pragma once

#include "runner/host/files.hpp"

namespace lintel::runner {

struct Project {
    fs::path source;
    fs::path build;
    fs::path share{};  // where an installed Lintel has its files; then there is neither source nor build

    /// An installed Lintel's, where `executable` is one: <prefix>/bin/lintel with <prefix>/share/lintel beside it.
    static std::optional<Project> installed_with(const fs::path& executable) {
        const fs::path share = executable.parent_path().parent_path() / "share/lintel";
        if (!is_file(share / "BOOTX64.EFI")) return std::nullopt;
        return Project{.source = {}, .build = {}, .share = share};
    }

    [[nodiscard]] bool installed() const { return !share.empty(); }
    /// Empty where the person has to name one.
    [[nodiscard]] fs::path kernel() const { return installed() ? fs::path() : build / "kernel/kernel.elf"; }
    [[nodiscard]] fs::path loader() const {
        return installed() ? share / "BOOTX64.EFI" : build / "loader/uefi/BOOTX64.EFI";
    }
    [[nodiscard]] fs::path direct_loader() const {
        return installed() ? share / "direct.elf" : build / "loader/direct/direct.elf";
    }
    [[nodiscard]] fs::path gdb_commands() const {
        return installed() ? share / "gdb/lintel.py" : source / "tools/gdb/lintel.py";
    }
    [[nodiscard]] fs::path configuration() const {
        return installed() ? configuration_for_any_kernel() : source / "runner/limine.conf";
    }
    /// Boots whatever kernel is at `kernel_path`, without waiting.
    [[nodiscard]] fs::path configuration_for_any_kernel() const {
        return (installed() ? share : source / "share") / "limine.conf";
    }
    [[nodiscard]] fs::path project_template() const {
        return installed() ? share / "template" : source / "share/template";
    }
    [[nodiscard]] fs::path image() const { return (installed() ? fs::current_path() : build) / "os.iso"; }
    [[nodiscard]] fs::path limine_image() const { return (installed() ? fs::current_path() : build) / "os-limine.iso"; }

    /// For work on Lintel itself; an installed one has none of these.
    [[nodiscard]] fs::path empty_direct() const { return build / "runner/empty_direct.elf"; }
    [[nodiscard]] fs::path empty_application() const { return build / "runner/bench/empty.EFI"; }
    [[nodiscard]] fs::path conformance_family() const { return build / "tests/conformance/family.txt"; }
};

}  // namespace lintel::runner
