// The dump's lines look like "RIP=ffffffff80001234 RFL=00000046 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=1"; before the
// processor has entered long mode, "EIP=0000fff0 EFL=00000002 ...". Each processor's block holds one of them.
// Invariant: only such a line makes a ProcessorState.
#include "runner/machine/registers.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

namespace lintel::runner {

namespace {

constexpr std::uint64_t interrupt_flag = 1 << 9;  // RFLAGS.IF

std::optional<std::uint64_t> field(std::string_view line, std::string_view name) {
    std::size_t at = line.find(name);
    if (at == std::string_view::npos) return std::nullopt;
    std::string_view digits = line.substr(at + name.size());
    std::uint64_t value = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (error != std::errc()) return std::nullopt;
    return value;
}

// A name stands behind a blank or a line's beginning, so that "R8 " is not found in "DR8 ".
std::optional<std::string_view> behind(std::string_view block, std::string_view name) {
    for (std::size_t at = block.find(name); at != std::string_view::npos; at = block.find(name, at + 1)) {
        if (at != 0 && block[at - 1] != ' ' && block[at - 1] != '\n') continue;
        std::string_view rest = block.substr(at + name.size());
        rest.remove_prefix(std::min(rest.find_first_not_of(" ="), rest.size()));
        return rest;
    }
    return std::nullopt;
}

std::uint64_t take_hex(std::string_view& text) {
    std::uint64_t value = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), value, 16).ptr;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    return value;
}

std::optional<Registers> parse_block(std::string_view block) {
    Registers result;
    bool complete = true;
    auto take = [&](std::string_view name) {
        auto rest = behind(block, name);
        complete = complete && rest;
        return rest ? take_hex(*rest) : 0;
    };
    auto take_table = [&](std::string_view name) {
        auto rest = behind(block, name);
        complete = complete && rest;
        if (!rest) return DescriptorTable{};
        const std::uint64_t base = take_hex(*rest);
        return DescriptorTable{base, take_hex(*rest)};
    };
    const bool wide = block.contains("RIP=");
    constexpr std::string_view names[] = {"AX=",  "BX=",  "CX=",  "DX=",  "SI=",  "DI=",  "BP=",  "SP=",
                                          "R8 =", "R9 =", "R10=", "R11=", "R12=", "R13=", "R14=", "R15="};
    const std::string prefix = wide ? "R" : "E";
    for (std::size_t number = 0; number < (wide ? 16U : 8U); ++number)
        result.general[number] = take(number < 8 ? prefix + std::string(names[number]) : std::string(names[number]));
    result.instruction = take(prefix + "IP=");
    result.flags = take(wide ? "RFL=" : "EFL=");
    result.code_segment = take("CS =");
    result.stack_segment = take("SS =");
    result.global = take_table("GDT=");
    result.interrupts = take_table("IDT=");
    result.cr0 = take("CR0=");
    result.cr2 = take("CR2=");
    result.cr3 = take("CR3=");
    result.cr4 = take("CR4=");
    result.extended_features = take("EFER=");
    result.halted = take("HLT=") != 0;
    if (!complete) return std::nullopt;
    return result;
}

}  // namespace

std::vector<Registers> parse_register_dump(std::string_view dump) {
    std::vector<Registers> processors;
    while (!dump.empty()) {
        const std::size_t end = std::min(dump.find("CPU#", 1), dump.size());
        if (auto block = parse_block(dump.substr(0, end))) processors.push_back(*block);
        dump.remove_prefix(end);
    }
    return processors;
}

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
