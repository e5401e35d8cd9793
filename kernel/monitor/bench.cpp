#include "kernel/monitor/bench.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstring>
#include <new>

#include "arch/arch.hpp"
#include "arch/deliberate.hpp"
#include "base/text.hpp"
#include "kernel/console/console.hpp"
#include "kernel/debug/traps.hpp"
#include "kernel/log.hpp"
#include "kernel/memory/lazy.hpp"
#include "kernel/memory/memory.hpp"
#include "kernel/processors/calls.hpp"
#include "kernel/processors/processor.hpp"
#include "kernel/processors/shoot_down.hpp"

namespace lintel {
namespace {

template <std::invocable F>
std::uint64_t ticks_of(F act) {
    const std::uint64_t before = arch::timestamp();
    act();
    return arch::timestamp() - before;
}

/// The least that `act` takes in so many runs, without what the measuring takes.
template <std::invocable F>
std::uint64_t least_of(unsigned runs, F act) {
    std::uint64_t nothing = ~std::uint64_t{0};
    std::uint64_t least = ~std::uint64_t{0};
    for (unsigned i = 0; i < runs; ++i) {
        nothing = std::min(nothing, ticks_of([] {}));
        least = std::min(least, ticks_of(act));
    }
    return least - std::min(nothing, least);
}

constexpr unsigned often = 100;
constexpr unsigned seldom = 10;

Result<std::uint64_t> exception_round_trip() {
    treat_breakpoints(Breakpoints::silent);
    const std::uint64_t ticks = least_of(often, arch::execute_breakpoint);
    treat_breakpoints(Breakpoints::logged);
    return ticks;
}

Result<std::uint64_t> page_fault() {
    const AddressRange range = TRY(reserve_lazily(often * page_size));
    std::uint64_t page = range.begin.value();
    const std::uint64_t ticks = least_of(often, [&] {
        // Safety: in the range, whose pages come when they are touched.
        *reinterpret_cast<volatile std::uint8_t*>(page) = 1;
        page += page_size;
    });
    release_lazily(range);
    return ticks;
}

Result<std::uint64_t> small_block() {
    // Directly, since a compiler may do without a pair of new and delete.
    return least_of(often, [] { ::operator delete(::operator new(64)); });
}

Result<std::uint64_t> frame() {
    return least_of(often, [] {
        if (const auto one = frames().allocate()) frames().free(*one);
    });
}

Status require_second_processor() {
    if (processor_count() > 1) return {};
    return fail(ErrorCode::unsupported, "needs a second processor");
}

Result<std::uint64_t> call_round_trip() {
    TRY(require_second_processor());
    return least_of(often, [] { run_on(1, [] {}); });
}

Result<std::uint64_t> shoot_down() {
    // Any page will do.
    return least_of(often, [] { flush_everywhere(VirtAddr(0), page_size); });
}

Result<std::uint64_t> log_line() {
    unsigned number = 0;
    return least_of(seldom, [&] { log("line {} of a benchmark", ++number); });
}

Result<std::uint64_t> scroll() {
    // Rows that differ, so that each cell changes.
    constexpr std::string_view characters = "abcdefghijklmnopqrstuvwxyz0123456789";
    std::array<char, 80> row;
    unsigned first = 0;
    const std::uint64_t ticks = least_of(often, [&] {
        for (std::size_t i = 0; i < row.size(); ++i) row[i] = characters[(first + i) % characters.size()];
        ++first;
        write_to_screens("\n");
        write_to_screens({row.data(), row.size()});
    });
    write_to_screens("\n");
    return ticks;
}

Result<std::uint64_t> copy() {
    constexpr std::size_t bytes = 1 << 20;
    constexpr unsigned order = 8;
    static_assert(page_size << order == bytes);
    const auto from = frames().allocate(order);
    const auto to = frames().allocate(order);
    std::uint64_t ticks = 0;
    if (from && to) {
        void* const target = direct_map().pointer<std::byte>(*to);
        const void* const source = direct_map().pointer<std::byte>(*from);
        ticks = least_of(seldom, [&] { std::memcpy(target, source, bytes); });
    }
    if (to) frames().free(*to, order);
    if (from) frames().free(*from, order);
    if (!from || !to) return fail(ErrorCode::out_of_memory, "there are no two free blocks of 1 MiB");
    return ticks;
}

struct Benchmark {
    std::string_view name;
    std::string_view what;
    Result<std::uint64_t> (*ticks)();
};

constexpr std::array benchmarks = {
    Benchmark{"exception", "a breakpoint, and back", exception_round_trip},
    Benchmark{"page-fault", "a page gets memory as it is touched", page_fault},
    Benchmark{"heap", "64 bytes allocated and freed", small_block},
    Benchmark{"frame", "a frame allocated and freed", frame},
    Benchmark{"call", "another processor interrupted, and its answer", call_round_trip},
    Benchmark{"shoot-down", "a page forgotten by all processors", shoot_down},
    Benchmark{"log", "a line of 23 characters, everywhere it goes", log_line},
    Benchmark{"scroll", "80 characters, and all rows go up", scroll},
    Benchmark{"memcpy", "1 MiB copied", copy},
};

}  // namespace

std::optional<std::string_view> benchmark_name(std::size_t index) {
    if (index >= benchmarks.size()) return std::nullopt;
    return benchmarks[index].name;
}

Status run_benchmarks(Terminal& terminal, std::string_view name) {
    bool found = false;
    for (const Benchmark& one : benchmarks) {
        if (!name.empty() && one.name != name) continue;
        found = true;
        const auto ticks = one.ticks();
        TextBuffer<120> line;
        print(line, "bench: {:<10} ", one.name);
        if (ticks)
            print(line, "{:9} ticks  {}\n", *ticks, one.what);
        else
            print(line, "{}\n", ticks.error().text);
        terminal.write(line.text());  // in one piece: others may be logging
    }
    if (found) return {};
    return fail(ErrorCode::not_found, "there is no benchmark of this name; help bench lists them", name);
}

}  // namespace lintel
