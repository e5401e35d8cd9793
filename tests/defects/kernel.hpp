// What the kernels with defects have in common. They are made to be looked at, and boot only as far as their defect.
#pragma once

#include "protocol/limine.hpp"

extern "C" [[noreturn]] void defect_main();

/// The file with the defect defines it; so the linker keeps what it names.
void use_defect();

/// A request as limine.h spells it, for those who use that.
struct limine_hhdm_request {
    std::uint64_t id[4];
    std::uint64_t revision;
    const limine::HhdmResponse* response;
};

inline constexpr limine_hhdm_request hhdm_request = {
    {limine::common_magic.first, limine::common_magic.second, limine::Hhdm::id.first, limine::Hhdm::id.second},
    0,
    nullptr};
