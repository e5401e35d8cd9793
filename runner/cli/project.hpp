// Where things are: this tree's own files, as its build put them.
// Invariant: all paths are absolute.
#pragma once

#include "runner/host/files.hpp"

namespace lintel::runner {

struct Project {
    fs::path source;
    fs::path build;

    [[nodiscard]] fs::path kernel() const { return build / "kernel/kernel.elf"; }
    [[nodiscard]] fs::path loader() const { return build / "loader/uefi/BOOTX64.EFI"; }
    [[nodiscard]] fs::path direct_loader() const { return build / "loader/direct/direct.elf"; }
    [[nodiscard]] fs::path empty_direct() const { return build / "runner/empty_direct.elf"; }
    [[nodiscard]] fs::path empty_application() const { return build / "runner/bench/empty.EFI"; }
    [[nodiscard]] fs::path conformance_family() const { return build / "tests/conformance/family.txt"; }
    [[nodiscard]] fs::path configuration() const { return source / "runner/limine.conf"; }
    [[nodiscard]] fs::path image() const { return build / "os.iso"; }
    [[nodiscard]] fs::path limine_image() const { return build / "os-limine.iso"; }
};

}  // namespace lintel::runner
