// See the header. Pages are kept once read: the machine stands still.
// Invariant: every table entry is masked to an address before it is followed, and levels only go down.
#include "runner/machine/guest_memory.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace lintel::runner {

namespace {

constexpr std::uint64_t present = 1, writable = 2, user = 4, large = 1 << 7, no_execute = 1ULL << 63;
constexpr std::uint64_t address_bits = 0x000ffffffffff000;
constexpr std::size_t most_pages = 4096;  // 16 MiB of the runner's own memory

/// What one entry of a level covers: 4 KiB at level 1, 2 MiB at level 2 and so on.
constexpr std::uint64_t reach(int level) { return 1ULL << (12 + 9 * (level - 1)); }

}  // namespace

std::optional<GuestMemory::Page> parse_page(std::string_view dump) {
    GuestMemory::Page page{};
    std::size_t count = 0;
    while (!dump.empty()) {
        std::string_view line = dump.substr(0, dump.find('\n'));
        dump.remove_prefix(std::min(line.size() + 1, dump.size()));
        line.remove_prefix(std::min(line.find(':'), line.size()));
        for (std::size_t at; (at = line.find("0x")) != std::string_view::npos;) {
            line.remove_prefix(at + 2);
            if (count == page.size()) return std::nullopt;
            if (std::from_chars(line.data(), line.data() + line.size(), page[count++], 16).ec != std::errc())
                return std::nullopt;
        }
    }
    if (count != page.size()) return std::nullopt;
    return page;
}

GuestMemory::ReadPage GuestMemory::of(Qmp& control, Clock::time_point deadline) {
    return [&control, deadline](std::uint64_t address) -> std::optional<Page> {
        if (Clock::now() >= deadline) return std::nullopt;
        auto text = control.human(fmt::format("xp /512gx {:#x}", address), deadline);
        return text ? parse_page(*text) : std::nullopt;
    };
}

const GuestMemory::Page* GuestMemory::page(std::uint64_t physical) const {
    auto found = pages_.find(physical);
    if (found == pages_.end()) {
        if (pages_.size() >= most_pages) return nullptr;
        found = pages_.emplace(physical, read_(physical)).first;
    }
    return found->second ? &*found->second : nullptr;
}

std::optional<std::uint64_t> GuestMemory::entry(std::uint64_t table, std::uint64_t number) const {
    const Page* found = page(table);
    if (found == nullptr) return std::nullopt;
    return (*found)[number];
}

bool GuestMemory::canonical(std::uint64_t address) const {
    const int unused = 64 - (12 + 9 * levels_);
    return (static_cast<std::int64_t>(address << unused) >> unused) == static_cast<std::int64_t>(address);
}

Mapping GuestMemory::walk(std::uint64_t address) const {
    Mapping result{.canonical = canonical(address), .writable = true, .user = true, .executable = true};
    std::uint64_t table = root_;
    for (result.level = levels_; result.level > 0; --result.level) {
        const std::uint64_t number = address / reach(result.level) % 512;
        const auto found = entry(table, number);
        if (!result.canonical || !found || (*found & present) == 0)
            return {.canonical = result.canonical, .level = result.level};
        result.writable = result.writable && (*found & writable) != 0;
        result.user = result.user && (*found & user) != 0;
        result.executable = result.executable && !(no_execute_ && (*found & no_execute) != 0);
        table = *found & address_bits;
        if (result.level == 1 || (result.level <= 3 && (*found & large) != 0)) {
            const std::uint64_t within = reach(result.level) - 1;
            result.physical = (table & ~within) | (address & within);
            return result;
        }
    }
    return {};
}

std::string GuestMemory::bytes(std::uint64_t address, std::size_t size) const {
    std::string result;
    while (result.size() < size) {
        const std::uint64_t at = address + result.size();
        const Mapping mapping = walk(at);
        const Page* found = mapping.mapped() ? page(*mapping.physical & ~(page_size - 1)) : nullptr;
        if (found == nullptr) break;
        const std::size_t offset = at % page_size;
        const std::size_t count = std::min<std::size_t>(size - result.size(), page_size - offset);
        result.append(reinterpret_cast<const char*>(found->data()) + offset, count);
    }
    return result;
}

std::optional<std::uint64_t> GuestMemory::word(std::uint64_t address) const {
    const std::string found = bytes(address, 8);
    if (found.size() != 8) return std::nullopt;
    std::uint64_t value = 0;
    std::memcpy(&value, found.data(), sizeof value);
    return value;
}

bool GuestMemory::any_run(std::uint64_t begin, std::uint64_t end,
                          const std::function<bool(std::uint64_t)>& take) const {
    bool before = false;
    for (std::uint64_t at = begin; at < end || end == 0;) {
        const Mapping here = walk(at);
        if (here.mapped() && !before && take(at)) return true;
        before = here.mapped();
        const std::uint64_t step = reach(std::max(here.level, 1));
        const std::uint64_t next = (at & ~(step - 1)) + step;
        if (next <= at) break;  // the end of the address space
        at = next;
    }
    return false;
}

}  // namespace lintel::runner
