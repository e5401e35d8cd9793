#include "kernel/memory/stacks.hpp"

#include <array>
#include <atomic>
#include <cstring>

#include "kernel/memory/layout.hpp"
#include "kernel/memory/memory.hpp"
#include "kernel/sync/spin_lock.hpp"

namespace lintel {
namespace {

/// As much again as a stack: what jumps over a page, such as a large array, still hits nothing.
constexpr std::uint64_t slot_bytes = 2 * kernel_stack_bytes;
constexpr std::size_t most_stacks = 4096;
static_assert(stacks_begin + most_stacks * slot_bytes <= stacks_end);

constinit SpinLock lock("stacks");
constinit std::array<std::string_view, most_stacks> names{};
/// Written with the lock held; a panic reads it without.
constinit std::atomic<std::size_t> count = 0;

VirtAddr slot(std::size_t index) { return stacks_begin + index * slot_bytes; }

/// The stack is at its slot's end.
AddressRange stack_in(std::size_t index) {
    return {slot(index) + (slot_bytes - kernel_stack_bytes), slot(index) + slot_bytes};
}

std::optional<std::size_t> slot_of(VirtAddr address) {
    if (address < stacks_begin || address >= slot(count)) return std::nullopt;
    return (address - stacks_begin) / slot_bytes;
}

Status add_page(VirtAddr page) {
    const auto frame = frames().allocate();
    if (!frame) return fail(ErrorCode::out_of_memory, "no memory for a stack");
    // Safety: the frame is ours, and the direct map reaches it.
    std::memset(direct_map().pointer<std::byte>(*frame), 0, page_size);
    const Status mapped = map_pages({page, *frame, page_size, arch::Access::read_write, arch::Caching::write_back});
    if (!mapped) frames().free(*frame);
    return mapped;
}

/// Of a stack that there was not enough memory for.
void remove_pages(AddressRange pages) {
    for (VirtAddr page = pages.begin; page < pages.end; page += page_size) {
        const PhysAddr frame = kernel_tables().translate(page)->phys;
        unmap_pages(page, page_size);
        frames().free(frame);
    }
}

}  // namespace

Result<KernelStack> make_kernel_stack(std::string_view name) {
    const Locked locked(lock);
    const std::size_t index = count.load(std::memory_order_relaxed);
    if (index == most_stacks) return fail(ErrorCode::out_of_memory, "there are too many stacks");
    const AddressRange range = stack_in(index);
    for (VirtAddr page = range.begin; page < range.end; page += page_size) {
        if (const Status added = add_page(page); !added) {
            remove_pages({range.begin, page});
            return std::unexpected(added.error());
        }
    }
    names[index] = name;
    count.store(index + 1, std::memory_order_release);
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
