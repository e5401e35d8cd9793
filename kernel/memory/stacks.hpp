// Kernel stacks, with unmapped pages around each, so that an overflow faults at once and can be named.
// Invariant: a slot's guard pages are never mapped.
#pragma once

#include <optional>
#include <string_view>

#include "base/address.hpp"
#include "base/result.hpp"
#include "kernel/debug/backtrace.hpp"

namespace lintel {

struct KernelStack {
    AddressRange range;

    /// Where it begins: it grows down from here.
    [[nodiscard]] VirtAddr top() const { return range.end; }
};

inline constexpr std::uint64_t kernel_stack_bytes = 64 << 10;

/// A new stack, zeroed. `name` says in reports whose it is, and must stay. Fails where memory or slots are used up.
Result<KernelStack> make_kernel_stack(std::string_view name);

/// The stack that `address` lies in.
std::optional<KernelStack> stack_at(VirtAddr address);

/// Whose stack was overflowed, where `address` lies in what is unmapped below it.
std::optional<std::string_view> overflowed_stack(VirtAddr address);

}  // namespace lintel
