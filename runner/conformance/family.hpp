// A family of conformance kernels, as a text file lists it: one fact on each line.
//
//     configuration FILE                          the limine.conf that all of them boot with; behind a member, its own
//     file PATH FILE                              what else is on the boot volume, PATH with a leading slash
//     machine WORDS...                            more arguments for QEMU
//     kernel NAME REVISION FILE                   a kernel that reports promises, and the base revision it asks for
//     refused NAME REVISION FILE | SECTION | WORDS  one that a loader has to refuse, and what promises that
//
// Invariant: a Family has a configuration and at least one member, and no two members of the same name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runner/conformance/results.hpp"
#include "runner/image/boot_volume.hpp"

namespace lintel::runner {

struct FamilyMember {
    std::string name;
    fs::path kernel;
    fs::path configuration{};          // empty: the family's
    std::optional<Promise> refusal{};  // set for one that has to be refused
};

struct Family {
    fs::path configuration{};
    std::vector<VolumeFile> files{};
    std::vector<std::string> machine{};
    std::vector<FamilyMember> members{};

    [[nodiscard]] BootVolume volume_for(const FamilyMember& member) const {
        return {.configuration = member.configuration.empty() ? configuration : member.configuration,
                .kernel = member.kernel,
                .modules = {},
                .others = files};
    }
};

Outcome<Family> parse_family(std::string_view text);

}  // namespace lintel::runner
