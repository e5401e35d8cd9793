#include "kernel/memory/stacks.hpp"

#include <array>
#include <cstring>

#include "kernel/memory/layout.hpp"
#include "kernel/memory/memory.hpp"

namespace lintel {
namespace {

/// As much again as a stack: what jumps over a page, such as a large array, still hits nothing.
constexpr std::uint64_t slot_bytes = 2 * kernel_stack_bytes;
constexpr std::size_t most_stacks = 4096;
static_assert(stacks_begin + most_stacks * slot_bytes <= stacks_end);

constinit std::array<std::string_view, most_stacks> names{};
constinit std::size_t count = 0;

VirtAddr slot(std::size_t index) { return stacks_begin + index * slot_bytes; }

/// The stack is at its slot's end.
AddressRange stack_in(std::size_t index) {
    return {slot(index) + (slot_bytes - kernel_stack_bytes), slot(index) + slot_bytes};
}

std::optional<std::size_t> slot_of(VirtAddr address) {
    if (address < stacks_begin || address >= slot(count)) return std::nullopt;
    return (address - stacks_begin) / slot_bytes;
}

}  // namespace

Result<KernelStack> make_kernel_stack(std::string_view name) {
    if (count == most_stacks) return fail(ErrorCode::out_of_memory, "there are too many stacks");
    const AddressRange range = stack_in(count);
    for (VirtAddr page = range.begin; page < range.end; page += page_size) {
        const auto frame = frames().allocate();
        if (!frame) return fail(ErrorCode::out_of_memory, "no memory for a stack");
        // Safety: the frame is ours, and the direct map reaches it.
        std::memset(direct_map().pointer<std::byte>(*frame), 0, page_size);
        TRY(map_pages({page, *frame, page_size, arch::Access::read_write, arch::Caching::write_back}));
    }
    names[count++] = name;
    return KernelStack{range};
}

std::optional<KernelStack> stack_at(VirtAddr address) {
    const auto index = slot_of(address);
    if (!index || !stack_in(*index).contains(address)) return std::nullopt;
    return KernelStack{stack_in(*index)};
}

std::optional<std::string_view> overflowed_stack(VirtAddr address) {
    const auto index = slot_of(address);
    if (!index || stack_in(*index).contains(address)) return std::nullopt;
    return names[*index];
}

}  // namespace lintel
