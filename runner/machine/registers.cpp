// The dump's lines look like "RIP=ffffffff80001234 RFL=00000046 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=1"; before the
// processor has entered long mode, "EIP=0000fff0 EFL=00000002 ...". Each processor's block holds one of them.
// Invariant: only such a line makes a ProcessorState.
#include "runner/machine/registers.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace lintel::runner {

namespace {

constexpr std::uint64_t interrupt_flag = 1 << 9;  // RFLAGS.IF
constexpr std::uint64_t higher_half = 1ULL << 63;

std::optional<std::uint64_t> field(std::string_view line, std::string_view name) {
    std::size_t at = line.find(name);
    if (at == std::string_view::npos) return std::nullopt;
    std::string_view digits = line.substr(at + name.size());
    std::uint64_t value = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (error != std::errc()) return std::nullopt;
    return value;
}

}  // namespace

std::vector<ProcessorState> parse_registers(std::string_view dump) {
    std::vector<ProcessorState> processors;
    while (!dump.empty()) {
        std::string_view line = dump.substr(0, dump.find('\n'));
        dump.remove_prefix(std::min(line.size() + 1, dump.size()));
        auto instruction = field(line, "IP=");
        auto flags = field(line, "FL=");
        auto halted = field(line, "HLT=");
        if (instruction && flags && halted)
            processors.push_back({*instruction, (*flags & interrupt_flag) != 0, *halted != 0});
    }
    return processors;
}

Halt halt_state(std::span<const ProcessorState> processors) {
    auto stopped = [](const ProcessorState& one) { return one.halted && !one.interrupts; };
    auto in_kernel = [](const ProcessorState& one) { return (one.instruction & higher_half) != 0; };
    if (processors.empty() || !stopped(processors.front())) return Halt::running;
    bool others_are_quiet = std::ranges::all_of(
        processors.subspan(1), [&](const ProcessorState& one) { return stopped(one) || !in_kernel(one); });
    if (!others_are_quiet) return Halt::running;
    return in_kernel(processors.front()) ? Halt::in_kernel : Halt::before_kernel;
}

}  // namespace lintel::runner
