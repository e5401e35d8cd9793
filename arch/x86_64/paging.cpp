#include "arch/paging.hpp"

#include <algorithm>
#include <array>

#include "arch/x86_64/cpuid.hpp"
#include "arch/x86_64/registers.hpp"

// stack.S
extern "C" [[noreturn]] void lintel_run_on_stack(std::uint64_t top, void (*function)());
extern "C" [[noreturn]] void lintel_retire(std::uint64_t root);

namespace lintel::arch {
namespace {

// Intel SDM vol. 3A, 2.5.
constexpr std::uint64_t cr0_write_protect = 1 << 16;
constexpr std::uint64_t cr4_global_pages = 1 << 7;
constexpr std::uint64_t cr4_umip = 1 << 11;
constexpr std::uint64_t cr4_smep = 1 << 20;
constexpr std::uint64_t cr4_smap = 1 << 21;

struct Protection {
    std::string_view name;
    bool there;
    std::uint64_t bit;
};

/// Intel SDM vol. 2A, CPUID, leaf 7.
std::array<Protection, 3> protections() {
    const Cpuid features = cpuid(7);
    return {{{"SMEP", (features.b & (1U << 7)) != 0, cr4_smep},
             {"SMAP", (features.b & (1U << 20)) != 0, cr4_smap},
             {"UMIP", (features.c & (1U << 2)) != 0, cr4_umip}}};
}

}  // namespace

Levels current_levels() { return levels_in_use(); }

Status can_protect_pages() {
    if (!has_no_execute()) return fail(ErrorCode::unsupported, "this processor cannot protect pages from execution");
    return {};
}

std::uint64_t largest_page() {
    constexpr std::uint32_t has_1_gib_pages = 1 << 26;  // Intel SDM vol. 2A, CPUID, leaf 80000001H
    return (cpuid(0x80000001).d & has_1_gib_pages) != 0 ? huge_page_size : large_page_size;
}

PhysAddr physical_end() {
    // Intel SDM vol. 2A, CPUID, leaf 80000008H; a processor without it has 36 bits (vol. 3A, 4.1.4).
    const std::uint32_t bits = cpuid(0x80000008).a & 0xff;
    return PhysAddr(std::uint64_t{1} << (bits == 0 ? 36 : std::min(bits, 52U)));
}

void install_page_tables(PhysAddr root) {
    // As the loader has left it, unless it is a loader that does otherwise.
    if (read_msr(msr_pat) != page_attributes) write_msr(msr_pat, page_attributes);
    // Global pages outlive a new CR3, but not their feature's being off (Intel SDM vol. 3A, 4.10.4.1).
    const std::uint64_t cr4 = read_cr4() & ~cr4_global_pages;
    write_cr4(cr4);
    write_cr3(root.value());
    write_cr4(cr4 | cr4_global_pages);
}

PhysAddr current_page_tables() { return PhysAddr(read_cr3() & 0x000ffffffffff000); }

void flush_all() {
    const std::uint64_t cr4 = read_cr4();
    write_cr4(cr4 & ~cr4_global_pages);
    write_cr4(cr4);
}

void flush_page(VirtAddr page) {
    // Safety: names an address, and touches nothing there.
    asm volatile("invlpg (%0)" : : "r"(page.value()) : "memory");
}

TextBuffer<64> turn_on_protections() {
    TextBuffer<64> names;
    write_cr0(read_cr0() | cr0_write_protect);
    names.write("WP");
    std::uint64_t cr4 = read_cr4();
    for (const Protection& protection : protections()) {
        if (!protection.there) continue;
        cr4 |= protection.bit;
        print(names, " {}", protection.name);
    }
    write_cr4(cr4);
    return names;
}

bool protections_hold() {
    const std::uint64_t cr4 = read_cr4();
    const bool all =
        std::ranges::all_of(protections(), [&](const Protection& one) { return !one.there || (cr4 & one.bit) != 0; });
    return all && (read_cr0() & cr0_write_protect) != 0 && (read_msr(msr_efer) & efer_no_execute) != 0;
}

void run_on_stack(VirtAddr top, void (*function)()) { lintel_run_on_stack(top.value(), function); }

void retire(PhysAddr root) { lintel_retire(root.value()); }

}  // namespace lintel::arch
