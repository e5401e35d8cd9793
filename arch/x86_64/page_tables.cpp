// x86-64 page tables (Intel SDM vol. 3A, chapter 4; AMD APM vol. 2, chapter 5).
// Invariant: a table entry is either 0, a page, or a table from the pool; tables themselves grant everything, so
// that a page's own entry alone decides its access.
#include "arch/page_tables.hpp"

#include <algorithm>
#include <cstring>

namespace lintel::arch {
namespace {

using Entry = std::uint64_t;

constexpr Entry present = 1 << 0;
constexpr Entry writable = 1 << 1;
constexpr Entry write_through = 1 << 3;
constexpr Entry cache_disable = 1 << 4;
constexpr Entry is_large = 1 << 7;   // in a level above the lowest
constexpr Entry pat_small = 1 << 7;  // in the lowest level
constexpr Entry global = 1 << 8;
constexpr Entry pat_large = 1 << 12;  // in the others
constexpr Entry no_execute = Entry{1} << 63;
constexpr Entry address_bits = 0x000ffffffffff000;

constexpr bool has(Access access, Access part) {
    return (static_cast<unsigned>(access) & static_cast<unsigned>(part)) != 0;
}

/// How much of the address space one entry of the table at `level` covers; level 1 is the lowest.
constexpr std::uint64_t span_of(unsigned level) { return page_size << (9 * (level - 1)); }

constexpr std::size_t index_of(VirtAddr address, unsigned level) {
    return (address.value() >> (12 + 9 * (level - 1))) & 511;
}

/// The number of an entry in the PAT, in bits: PWT is the lowest, then PCD, then PAT. The entries are those of the
/// protocol's layout ("Caching", x86-64); the first four are the same after a reset.
constexpr Entry caching_bits(Caching caching, unsigned level) {
    switch (caching) {
        case Caching::write_back:
            return 0;
        case Caching::write_through:
            return write_through;
        case Caching::uncached:
            return cache_disable | write_through;
        case Caching::write_combining:
            return write_through | (level > 1 ? pat_large : pat_small);
    }
    return 0;
}

constexpr Entry caching_mask(unsigned level) {
    return write_through | cache_disable | (level > 1 ? pat_large : pat_small);
}

constexpr Entry page_entry(PhysAddr phys, Access access, Caching caching, Reach reach, unsigned level) {
    Entry entry = phys.value() | present;
    if (has(access, Access::read_write)) entry |= writable;
    if (!has(access, Access::read_execute)) entry |= no_execute;
    if (level > 1) entry |= is_large;
    if (reach == Reach::every_space) entry |= global;
    return entry | caching_bits(caching, level);
}

constexpr bool is_canonical(VirtAddr address, Levels levels) {
    unsigned unused = 64 - (12 + 9 * static_cast<unsigned>(levels));
    auto value = static_cast<std::int64_t>(address.value());
    return static_cast<std::int64_t>(address.value() << unused) >> unused == value;
}

}  // namespace

Result<PageTables> PageTables::create(FrameSource& frames, DirectMap memory, Levels levels, std::uint64_t largest_page,
                                      Reach reach) {
    return PageTables(frames, memory, levels, largest_page, reach, TRY(take_table(frames, memory)));
}

Result<PhysAddr> PageTables::take_table(FrameSource& frames, DirectMap memory) {
    auto frame = frames.take();
    if (!frame) return fail(ErrorCode::out_of_memory, "no memory is left for page tables");
    // Safety: the frame came from the pool, page-aligned and whole.
    std::memset(memory.pointer<Entry>(*frame), 0, page_size);
    return *frame;
}

Status PageTables::map(const Mapping& mapping) {
    ensure(is_aligned(mapping.virt.value() | mapping.phys.value() | mapping.length, page_size),
           "a mapping starts and ends at a page");
    VirtAddr virt = mapping.virt;
    PhysAddr phys = mapping.phys;
    std::uint64_t left = mapping.length;
    if (left == 0) return {};
    if (!is_canonical(virt, levels_) || !is_canonical(virt + (left - 1), levels_) || virt + (left - 1) < virt)
        return fail(ErrorCode::malformed, "a mapping leaves the address space");
    while (left > 0) {
        unsigned level = 1;
        while (level < 3 && span_of(level + 1) <= std::min(left, largest_page_) &&
               is_aligned(virt.value() | phys.value(), span_of(level + 1)))
            ++level;
        Entry* entry = TRY(entry_for(virt, level));
        // What was mapped here before may have left a table, so the pages are as small as that one's.
        while (level > 1 && *entry != 0 && (*entry & is_large) == 0) entry = TRY(entry_for(virt, --level));
        if (*entry != 0) return fail(ErrorCode::malformed, "an address is mapped twice");
        *entry = page_entry(phys, mapping.access, mapping.caching, reach_, level);
        virt += span_of(level);
        phys += span_of(level);
        left -= span_of(level);
    }
    return {};
}

Result<std::uint64_t*> PageTables::entry_for(VirtAddr address, unsigned level) {
    PhysAddr table = root_;
    for (unsigned at = static_cast<unsigned>(levels_);; --at) {
        // Safety: `table` is the root or came from the pool, a whole frame each; the index is below 512.
        Entry* entry = memory_.pointer<Entry>(table) + index_of(address, at);
        if (at == level) return entry;
        if (*entry == 0) {
            *entry = TRY(take_table(*frames_, memory_)).value() | present | writable;
        } else if ((*entry & is_large) != 0) {
            return fail(ErrorCode::malformed, "an address is mapped twice");
        }
        table = PhysAddr(*entry & address_bits);
    }
}

std::optional<PageTables::Found> PageTables::find(VirtAddr address) const {
    if (!is_canonical(address, levels_)) return std::nullopt;
    PhysAddr table = root_;
    for (unsigned level = static_cast<unsigned>(levels_);; --level) {
        // Safety: as in entry_for().
        Entry* entry = memory_.pointer<Entry>(table) + index_of(address, level);
        if ((*entry & present) == 0) return std::nullopt;
        if (level == 1 || (*entry & is_large) != 0) return Found{entry, level};
        table = PhysAddr(*entry & address_bits);
    }
}

void PageTables::unmap(VirtAddr virt, std::uint64_t length) {
    ensure(is_aligned(virt.value() | length, page_size), "a mapping starts and ends at a page");
    for (std::uint64_t done = 0; done < length;) {
        const auto found = find(virt + done);
        const std::uint64_t page = found ? span_of(found->level) : page_size;
        ensure(is_aligned((virt + done).value(), page) && page <= length - done, "a part of a page is unmapped");
        if (found) *found->entry = 0;
        done += page;
    }
}

std::optional<PageTables::Translation> PageTables::translate(VirtAddr address) const {
    const auto found = find(address);
    if (!found) return std::nullopt;
    const Entry entry = *found->entry;
    const std::uint64_t page = span_of(found->level);
    Caching caching = Caching::write_back;
    for (const Caching one : {Caching::write_through, Caching::write_combining, Caching::uncached})
        if ((entry & caching_mask(found->level)) == caching_bits(one, found->level)) caching = one;
    return Translation{
        .phys = PhysAddr((entry & address_bits & ~(page - 1)) + (address.value() & (page - 1))),
        .access = static_cast<Access>(((entry & writable) != 0 ? 1 : 0) | ((entry & no_execute) == 0 ? 2 : 0)),
        .caching = caching,
        .page = page,
    };
}

std::optional<VirtAddr> PageTables::next_mapped(VirtAddr from) const {
    const unsigned highest = static_cast<unsigned>(levels_);
    VirtAddr at = from;
    do {
        // Behind the lower half comes the upper one, where the bits that no table takes are all set.
        if (!is_canonical(at, levels_)) at = VirtAddr(~std::uint64_t{0} << (11 + 9 * highest));
        PhysAddr table = root_;
        for (unsigned level = highest;; --level) {
            // Safety: as in entry_for().
            const Entry entry = memory_.pointer<const Entry>(table)[index_of(at, level)];
            if ((entry & present) == 0) {
                at = VirtAddr(align_down(at.value(), span_of(level))) + span_of(level);
                break;
            }
            if (level == 1 || (entry & is_large) != 0) return at;
            table = PhysAddr(entry & address_bits);
        }
    } while (at > from);  // the end of the address space is followed by its start
    return std::nullopt;
}

}  // namespace lintel::arch
