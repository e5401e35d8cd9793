#include "kernel/memory/heap.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <new>
#include <optional>
#include <source_location>
#include <utility>

#include "kernel/checks.hpp"
#include "kernel/debug/symbols.hpp"
#include "kernel/hand_over.hpp"
#include "kernel/log.hpp"
#include "kernel/memory/layout.hpp"
#include "kernel/memory/memory.hpp"
#include "kernel/memory/slabs.hpp"
#include "kernel/sync/spin_lock.hpp"

namespace lintel {
namespace {

/// Blocks of one size.
struct Cache {
    SpinLock lock{"heap"};
    SizeClass blocks;
};

template <std::size_t... numbers>
constexpr std::array<Cache, sizeof...(numbers)> make_caches(std::index_sequence<numbers...>) {
    return {{{.blocks = SizeClass(numbers)}...}};
}

constinit auto caches = make_caches(std::make_index_sequence<slab_sizes.size()>());
constinit std::atomic<std::uint64_t> large_blocks = 0;
constinit std::atomic<std::uint64_t> large_frames = 0;
constinit std::atomic<std::uint64_t> refused = 0;
constinit bool is_open = false;

constinit SpinLock checks_lock("heap checks");
constinit HeapChecks heap_checks;

class FrameBlocks final : public BlockSource {
public:
    void* take(unsigned order) override {
        const auto block = frames().allocate(order);
        return block ? direct_map().pointer<void>(*block) : nullptr;
    }
    void give(void* block, unsigned order) override { frames().free(phys_of(block), order); }

    static PhysAddr phys_of(const void* block) {
        return direct_map().phys(VirtAddr(reinterpret_cast<std::uint64_t>(block)));
    }
};
constinit FrameBlocks source;

/// " by lintel::make_thing+0x1c"
void print_caller(TextBuffer<480>& words, std::string_view did, VirtAddr caller) {
    if (caller == VirtAddr{}) return;
    const auto symbols = SymbolTable::find(executable_file());
    const auto symbol = symbols ? symbols->function_at(caller - 1) : std::nullopt;
    print(words, ", {} ", did);
    if (symbol)
        print(words, "{}+0x{:x}", readable_name(symbol->name).text(), symbol->offset + 1);
    else
        print(words, "{}", caller);
}

[[noreturn]] void panic_about(const HeapReport& report) {
    TextBuffer<480> words;
    words.write(name_of(report.fault));
    if (report.fault != HeapFault::bad_free) {
        print(words, ": a block of {} bytes", report.bytes);
        if (report.fault != HeapFault::double_free) print(words, " was written to at offset {}", report.offset);
        print_caller(words, "allocated by", report.allocated_by);
        print_caller(words, "freed by", report.freed_by);
    }
    panic(words.text(), std::source_location{});
}

[[noreturn]] void panic_about(BadFree fault) {
    const HeapFault as_named = fault == BadFree::twice ? HeapFault::double_free : HeapFault::bad_free;
    panic(name_of(as_named), std::source_location{});
}

/// Memory for a block; null where there is none. Blocks that no slab has start at a multiple of a slab's size, where
/// no slab's block starts.
void* take(std::uint64_t bytes, std::uint64_t alignment) {
    if (const auto number = size_class_for(bytes, alignment)) {
        Cache& cache = caches[*number];
        const Locked locked(cache.lock);
        return cache.blocks.allocate(source);
    }
    const std::uint64_t needed = std::max({bytes, alignment, slab_bytes});
    if (needed > page_size << largest_order) return nullptr;
    const unsigned order = static_cast<unsigned>(std::bit_width(needed - 1)) - std::countr_zero(page_size);
    void* block = source.take(order);
    if (block == nullptr) return nullptr;
    ++large_blocks;
    large_frames += std::uint64_t{1} << order;
    return block;
}

bool may_be_heap(const void* block) {
    const VirtAddr address(reinterpret_cast<std::uint64_t>(block));
    return is_open && address >= direct_map().virt(PhysAddr(page_size)) && address < stacks_begin;
}

std::optional<BadFree> give(void* memory) {
    if (const auto number = SizeClass::class_of(memory)) {
        Cache& cache = caches[*number];
        const Locked locked(cache.lock);
        return cache.blocks.free(memory, source);
    }
    const auto order = frames().order_of(FrameBlocks::phys_of(memory));
    if (!order || *order < slab_order) return BadFree::not_from_heap;
    source.give(memory, *order);
    --large_blocks;
    large_frames -= std::uint64_t{1} << *order;
    return std::nullopt;
}

void give_checked(void* memory, const std::optional<HeapReport>& report) {
    if (report) panic_about(*report);
    if (const auto fault = give(memory)) panic_about(*fault);
}

/// Frees what is in quarantine, as far as it has been there for long or, where `all` says so, altogether.
enum class Quarantine : std::uint8_t { full, all };
bool empty_quarantine(Quarantine which) {
    bool any = false;
    for (;;) {
        std::optional<HeapReport> report;
        void* memory = nullptr;
        {
            const Locked locked(checks_lock);
            memory = which == Quarantine::all ? heap_checks.release_any(report) : heap_checks.release(report);
        }
        if (memory == nullptr) return any;
        give_checked(memory, report);
        any = true;
    }
}

void* allocate_checked(std::uint64_t bytes, std::uint64_t alignment, VirtAddr caller) {
    const auto padded = HeapChecks::padded(bytes, alignment);
    void* memory = padded ? take(*padded, alignment) : nullptr;
    if (memory == nullptr && padded && empty_quarantine(Quarantine::all)) memory = take(*padded, alignment);
    if (memory == nullptr) return nullptr;
    const Locked locked(checks_lock);
    return heap_checks.open(memory, bytes, alignment, caller);
}

void free_checked(void* block, VirtAddr caller) {
    std::optional<HeapReport> wrong;
    {
        const Locked locked(checks_lock);
        wrong = heap_checks.close(block, caller);
    }
    if (wrong) panic_about(*wrong);
    empty_quarantine(Quarantine::full);
}

}  // namespace

void* allocate_block(std::uint64_t bytes, std::uint64_t alignment, VirtAddr caller) {
    void* block = nullptr;
    if (is_open) block = checks ? allocate_checked(bytes, alignment, caller) : take(bytes, alignment);
    if (block != nullptr) return block;
    ++refused;
    log("heap: no memory for a block of {} bytes", bytes);
    return nullptr;
}

void* must_allocate(std::uint64_t bytes, std::uint64_t alignment, VirtAddr caller) {
    void* block = allocate_block(bytes, alignment, caller);
    ensure(block != nullptr, is_open ? "out of memory" : "the heap is used before it is open");
    return block;
}

void free_block(void* block, VirtAddr caller) {
    if (block == nullptr) return;
    if (!may_be_heap(block)) panic_about(BadFree::not_from_heap);
    if (checks)
        free_checked(block, caller);
    else if (const auto fault = give(block))
        panic_about(*fault);
}

void open_heap() { is_open = true; }

HeapStatistics heap_statistics() {
    HeapStatistics result;
    for (std::size_t i = 0; i < caches.size(); ++i) {
        const Locked locked(caches[i].lock);
        const SlabStatistics one = caches[i].blocks.statistics();
        result.blocks += one.blocks;
        result.bytes += one.blocks * slab_sizes[i];
        result.slab_bytes += one.slabs * slab_bytes;
    }
    result.large_blocks = large_blocks;
    result.large_bytes = large_frames * page_size;
    result.refused = refused;
    return result;
}

void check_heap() {
    if constexpr (checks) {
        std::optional<HeapReport> wrong;
        {
            const Locked locked(checks_lock);
            wrong = heap_checks.check();
        }
        if (wrong) panic_about(*wrong);
    }
}

std::uint64_t heap_moment() {
    const Locked locked(checks_lock);
    return checks ? heap_checks.next_number() : 0;
}

std::uint64_t log_leaks(std::uint64_t since) {
    std::array<CallSite, 32> sites;
    std::size_t count = 0;
    {
        const Locked locked(checks_lock);
        count = heap_checks.call_sites(since, sites);
    }
    std::uint64_t blocks = 0;
    for (const CallSite& site : std::span(sites).first(count)) {
        TextBuffer<480> words;
        print(words, "leak: {} blocks, {} bytes", site.blocks, site.bytes);
        print_caller(words, "allocated by", site.caller);
        log("{}", words.text());
        blocks += site.blocks;
    }
    return blocks;
}

}  // namespace lintel
