// From a machine to evidence. Of a hang, the machine is looked at while it runs, and stopped then.
// Invariant: every question to QEMU has a deadline, the same for all of them.
#include <poll.h>

#include <algorithm>

#include "runner/autopsy/autopsy.hpp"
#include "runner/autopsy/find_slide.hpp"
#include "runner/autopsy/instruction.hpp"
#include "runner/autopsy/unwind.hpp"

namespace lintel::runner {

namespace {

constexpr auto time_for_all = std::chrono::seconds(8);
constexpr std::size_t looks = 20;
constexpr int between_looks = 5;          // milliseconds
constexpr std::uint64_t near = 64 << 10;  // bytes: how far beside a stack an overflow is looked for
constexpr std::uint64_t direct_map_begin = 0xffff800000000000;  // where Limine puts it unless it is randomized
constexpr std::uint64_t largest_memory = 1ULL << 40;  // bytes; what is farther in the direct map is a wild pointer
constexpr std::uint64_t image_begin = 0xffffffff80000000;
constexpr std::size_t storm_length = 8;

std::vector<Registers> read_registers(Qmp& control, Clock::time_point deadline) {
    auto dump = control.human("info registers -a", deadline);
    return dump ? parse_register_dump(*dump) : std::vector<Registers>();
}

Place place_of(const DebugInfo* kernel, std::uint64_t address) {
    return kernel != nullptr ? kernel->place(address) : Place{};
}

class Collector {
public:
    Collector(Qmp& control, DebugInfo* kernel, Evidence& evidence, Clock::time_point deadline)
        : control_(control),
          kernel_(kernel),
          evidence_(evidence),
          memory_(GuestMemory::of(control, deadline), evidence.registers),
          deadline_(deadline) {}

    void run() {
        find_kernel();
        const Registers& registers = evidence_.registers;
        // Of a processor in HLT, RIP is behind that already.
        evidence_.place = place_of(found_kernel(), registers.instruction - (registers.halted ? 1 : 0));
        evidence_.in_kernel = (registers.instruction & higher_half) != 0 || evidence_.ending == Ending::fault;
        evidence_.at_instruction = facts(registers.instruction);
        evidence_.at_stack = facts(registers.stack() - 8);
        evidence_.return_to = memory_.word(registers.stack());
        disassemble();
        if (evidence_.chain.empty() && evidence_.ending == Ending::fault) guess_fault();
        look_at_address();
        look_at_gate();
        if (found_kernel() == nullptr) return;
        evidence_.callers = callers_of(registers, *kernel_, memory_);
        evidence_.log = read_kernel_log(*kernel_, memory_);
    }

private:
    [[nodiscard]] const DebugInfo* found_kernel() const { return evidence_.kernel_found ? kernel_ : nullptr; }

    void find_kernel() {
        if (kernel_ == nullptr) return;
        const auto slide = find_slide(*kernel_, memory_);
        if (!slide) return;
        kernel_->set_slide(*slide);
        const std::string_view file = kernel_->bytes(kernel_->entry(), 16);
        evidence_.kernel_found = kernel_->relocatable() || memory_.bytes(kernel_->entry(), file.size()) == file;
    }

    void disassemble() {
        if (!evidence_.at_instruction.mapping.mapped() || evidence_.registers.halted) return;
        auto text = control_.human(fmt::format("x /1i {:#x}", evidence_.registers.instruction), deadline_);
        if (text) evidence_.instruction = parse_instruction(*text, evidence_.registers);
    }

    AddressFacts facts(std::uint64_t address) {
        AddressFacts result{.address = address, .mapping = memory_.walk(address)};
        const std::uint64_t stack = evidence_.registers.stack();
        if (!result.mapping.canonical) {
            result.region = Region::not_canonical;
        } else if (address < GuestMemory::page_size) {
            result.region = Region::null_page;
        } else if (in_image(address)) {
            result.region = Region::image;
            result.section = kernel_->section(address);
        } else if (auto base = direct_map(); base && address - *base < largest_memory) {
            result.region = Region::direct_map;
            result.physical = address - *base;
        } else if (address + near >= stack && address <= stack + near) {
            result.region = Region::near_stack;
        } else if ((address & higher_half) == 0) {
            result.region = Region::lower_half;
        }
        return result;
    }

    bool in_image(std::uint64_t address) {
        if (found_kernel() == nullptr) return false;
        const auto segments = kernel_->segments();
        if (segments.empty()) return false;
        const auto begin = std::ranges::min(segments, {}, &Segment::begin).begin;
        const auto end = std::ranges::max(segments, {}, &Segment::end).end;
        return address >= begin && address < end;
    }

    /// Where physical address 0 would be in the higher half's first mapping; nothing where there is none.
    std::optional<std::uint64_t> direct_map() {
        if (!direct_map_) {
            direct_map_.emplace();
            memory_.any_run(direct_map_begin, image_begin, [&](std::uint64_t begin) {
                *direct_map_ = begin - *memory_.walk(begin).physical;
                return true;
            });
        }
        return *direct_map_;
    }

    // What the processor does not say (KVM) follows from the instruction, the registers and the page tables.
    void guess_fault() {
        const Registers& registers = evidence_.registers;
        const std::string& text = evidence_.instruction.text;
        const auto conclude = [&](unsigned vector, std::uint64_t error = 0) {
            evidence_.chain = {{.vector = vector,
                                .error = error,
                                .instruction = registers.instruction,
                                .stack = registers.stack(),
                                .address = registers.cr2}};
            evidence_.guessed = true;
        };
        const Mapping at_cr2 = memory_.walk(registers.cr2);
        if (registers.cr2 == registers.instruction && !(at_cr2.mapped() && at_cr2.executable))
            return conclude(14, 16U | (at_cr2.mapped() ? 1U : 0U));
        if (text.starts_with("ud2")) return conclude(6);
        const bool floating = uses_vector_registers(text) || uses_x87(text);
        if (uses_vector_registers(text) && (registers.cr4 & 0x200) == 0) return conclude(6);
        if (floating && (registers.cr0 & 0xc) != 0) return conclude(7);
        if (text.starts_with("div") || text.starts_with("idiv")) return conclude(0);
        const auto operand = evidence_.instruction.operand;
        if (operand && (!memory_.canonical(*operand) || (wants_alignment(text) && *operand % 16 != 0)))
            return conclude(13);
        const bool touches_stack = text.starts_with("push") || text.starts_with("call") || text.starts_with("ret");
        const std::uint64_t touched = operand.value_or(touches_stack ? registers.stack() - 8 : registers.cr2 + near);
        if (touched / GuestMemory::page_size == registers.cr2 / GuestMemory::page_size)
            return conclude(14, (at_cr2.mapped() ? 3U : touches_stack || stores(text) ? 2U : 0U));
    }

    /// AT&T: the destination comes last.
    static bool stores(std::string_view text) { return text.starts_with("mov") && text.ends_with(')'); }

    void look_at_address() {
        const bool page_fault = !evidence_.chain.empty() && evidence_.chain.front().vector == 14;
        if (!page_fault && !evidence_.instruction.operand) return;
        const std::uint64_t address = page_fault ? evidence_.chain.front().address : *evidence_.instruction.operand;
        evidence_.at_address = facts(address);
        if (!page_fault || evidence_.at_address.mapping.mapped()) return;
        if (address / GuestMemory::page_size != 0) find_stack_above(address);
        if (auto base = direct_map(); base && (address & higher_half) == 0)
            evidence_.mapped_in_direct_map =
                address >= GuestMemory::page_size && memory_.walk(*base + address).mapped();
    }

    /// A stack that has grown too far has RSP beside the fault, and its own pages right above.
    void find_stack_above(std::uint64_t address) {
        const std::uint64_t stack = evidence_.registers.stack();
        if (address + near < stack || address > stack + near) return;
        for (std::uint64_t page = address & ~(GuestMemory::page_size - 1); page - address < near || page <= address;
             page += GuestMemory::page_size) {
            const Mapping mapping = memory_.walk(page);
            if (!mapping.mapped()) continue;
            if (mapping.writable) evidence_.stack_bottom = page;
            return;
        }
    }

    // A gate has 16 bytes: the handler's address in three parts, and whether it is present (Intel SDM 3, 6.14.1).
    void look_at_gate() {
        if (evidence_.chain.empty()) return;
        const DescriptorTable& table = evidence_.registers.interrupts;
        const std::uint64_t offset = std::uint64_t{evidence_.chain.front().vector} * 16;
        if (table.limit == 0) {
            evidence_.gate = Gate::no_table;
            return;
        }
        if (offset + 15 > table.limit) {
            evidence_.gate = Gate::beyond_limit;
            return;
        }
        const auto low = memory_.word(table.base + offset);
        const auto high = memory_.word(table.base + offset + 8);
        if (!low || !high || (*low & (1ULL << 47)) == 0) {
            evidence_.gate = Gate::absent;
            return;
        }
        const std::uint64_t handler = (*low & 0xffff) | (*low >> 32 & 0xffff0000) | *high << 32;
        const Mapping mapping = memory_.walk(handler);
        evidence_.handler = place_of(found_kernel(), handler);
        evidence_.gate = !mapping.mapped()     ? Gate::handler_unmapped
                         : !mapping.executable ? Gate::handler_not_executable
                                               : Gate::ready;
    }

    Qmp& control_;
    DebugInfo* kernel_;
    Evidence& evidence_;
    GuestMemory memory_;
    Clock::time_point deadline_;
    std::optional<std::optional<std::uint64_t>> direct_map_{};
};

/// The processor that the fault belongs to; the log does not say.
std::size_t processor_of(const std::vector<Registers>& processors, const std::vector<Fault>& chain) {
    if (chain.empty()) return 0;
    auto found = std::ranges::find(processors, chain.front().instruction, &Registers::instruction);
    return found == processors.end() ? 0 : static_cast<std::size_t>(found - processors.begin());
}

std::vector<Registers> sample(Qmp& control, Clock::time_point deadline) {
    std::vector<Registers> result;
    for (std::size_t count = 0; count < looks && Clock::now() < deadline; ++count) {
        auto dump = control.human("info registers", deadline);
        auto processors = dump ? parse_register_dump(*dump) : std::vector<Registers>();
        if (processors.empty()) break;
        result.push_back(processors[0]);
        ::poll(nullptr, 0, between_looks);
    }
    [[maybe_unused]] auto ignored = control.execute("stop", "{}", deadline);
    return result;
}

/// Whether the log ends with one exception at one place, many times, and the processor still goes there.
bool is_storm(const std::vector<Fault>& faults, const std::vector<Registers>& samples) {
    if (faults.size() < storm_length) return false;
    const Fault& last = faults.back();
    const bool same = std::ranges::all_of(std::span(faults).last(storm_length), [&](const Fault& one) {
        return one.vector == last.vector && one.instruction == last.instruction;
    });
    return same && last.vector < 32 &&
           std::ranges::any_of(samples, [&](const Registers& one) { return one.instruction == last.instruction; });
}

}  // namespace

std::optional<Evidence> collect(Qmp& control, const FaultLog& faults, DebugInfo* kernel, Ending ending) {
    const auto deadline = Clock::now() + time_for_all;
    std::vector<Registers> samples;
    if (ending == Ending::hang) samples = sample(control, deadline);
    const auto processors = read_registers(control, deadline);
    if (processors.empty()) return std::nullopt;

    Evidence evidence{.ending = ending};
    const FaultHistory history = faults.read();
    const auto chain = last_chain(history);
    if (ending == Ending::fault) evidence.chain.assign(chain.begin(), chain.end());
    evidence.storm = ending == Ending::hang && is_storm(history.faults, samples);
    if (evidence.storm) evidence.chain = {history.faults.back()};
    evidence.processor = processor_of(processors, evidence.chain);
    evidence.processors = processors.size();
    evidence.registers = processors[evidence.processor];
    // In a storm the fault is of interest, and not where in the handler the machine was stopped.
    if (evidence.storm) {
        evidence.registers.instruction = evidence.chain.back().instruction;
        evidence.registers.general[7] = evidence.chain.back().stack;
    }
    Collector(control, kernel, evidence, deadline).run();
    const DebugInfo* known = evidence.kernel_found ? kernel : nullptr;
    for (const Registers& one : samples)
        evidence.samples.push_back(
            {one.instruction, one.halted, one.interrupts_on(), place_of(known, one.instruction)});
    return evidence;
}

}  // namespace lintel::runner
