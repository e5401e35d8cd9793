#include "arch/x86_64/memory_types.hpp"

#include <cpuid.h>

#include <algorithm>

#include "arch/x86_64/registers.hpp"

namespace lintel::arch {
namespace {

constexpr std::uint64_t ranges_enabled = 1 << 11;  // in the default type's register
constexpr std::array<std::uint32_t, 11> fixed_registers = {0x250, 0x258, 0x259, 0x268, 0x269, 0x26a,
                                                           0x26b, 0x26c, 0x26d, 0x26e, 0x26f};

void flush_caches() {
    write_back_and_invalidate_caches();
    write_cr3(read_cr3());
}

}  // namespace

MemoryTypes MemoryTypes::read() {
    MemoryTypes types;
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (d & (1U << 12)) == 0) return types;
    std::uint64_t capability = read_msr(msr_mtrr_capability);
    types.default_type_ = read_msr(msr_mtrr_default_type);
    types.variable_ = 2 * std::min<std::size_t>(capability & 0xff, most_variable);
    for (std::uint32_t i = 0; i < types.variable_; ++i)
        types.variable_values_[i] = read_msr(msr_mtrr_variable_first + i);
    types.has_fixed_ = (capability & (1U << 8)) != 0;
    for (std::size_t i = 0; types.has_fixed_ && i < fixed_count; ++i)
        types.fixed_values_[i] = read_msr(fixed_registers[i]);
    return types;
}

/// The order of steps is that of 12.11.7.2 and 12.11.8.
void MemoryTypes::apply() const {
    MemoryTypes own = read();
    if (own == *this || own.variable_ != variable_ || own.has_fixed_ != has_fixed_) return;
    std::uint64_t cr0 = read_cr0() & ~(cr0_cache_disable | cr0_not_write_through);
    write_cr0(cr0 | cr0_cache_disable);
    flush_caches();
    write_msr(msr_mtrr_default_type, default_type_ & ~ranges_enabled);
    write();
    write_msr(msr_mtrr_default_type, default_type_);
    flush_caches();
    write_cr0(cr0);
}

void MemoryTypes::write() const {
    for (std::uint32_t i = 0; i < variable_; ++i) write_msr(msr_mtrr_variable_first + i, variable_values_[i]);
    for (std::size_t i = 0; has_fixed_ && i < fixed_count; ++i) write_msr(fixed_registers[i], fixed_values_[i]);
}

}  // namespace lintel::arch
