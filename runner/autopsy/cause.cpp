// The patterns, from the special to the general; the first that fits is the cause.
// Invariant: see the header.
#include "runner/autopsy/cause.hpp"

#include <algorithm>

#include "runner/autopsy/exceptions.hpp"
#include "runner/autopsy/instruction.hpp"

namespace lintel::runner {

namespace {

constexpr std::uint64_t emulate_x87 = 1 << 2, task_switched = 1 << 3;  // CR0.EM, CR0.TS
constexpr std::uint64_t saves_sse = 1 << 9;                            // CR4.OSFXSR

std::string here(const Evidence& evidence) {
    return evidence.place.known() ? evidence.place.function()
                                  : fmt::format("the code at {:#x}", evidence.registers.instruction);
}

std::string permissions(const Mapping& mapping) {
    if (!mapping.mapped()) return "not mapped";
    std::string text = mapping.writable ? "writable" : "read-only";
    return text + (mapping.executable ? ", executable" : ", not executable");
}

Cause stack_overflow(const Evidence& evidence) {
    const std::uint64_t below = *evidence.stack_bottom - evidence.at_address.address;
    std::string sentence =
        fmt::format("{} went {} bytes below the stack's lowest mapped page, {:#x}, into unmapped memory",
                    here(evidence), below, *evidence.stack_bottom);
    const auto& callers = evidence.callers;
    const auto same = std::ranges::count_if(
        callers, [&](const CallSite& one) { return one.place.function() == evidence.place.function(); });
    if (same >= 8) sentence += fmt::format("; {} calls itself again and again", evidence.place.function());
    return {"stack overflow", sentence};
}

Cause bad_fetch(const Evidence& evidence, std::uint64_t target) {
    const std::string from = evidence.callers.empty() || !evidence.callers[0].place.known()
                                 ? ""
                                 : " (from " + evidence.callers[0].place.function() + ")";
    if (evidence.at_address.mapping.mapped())
        return {"execution of data",
                fmt::format("the processor was sent to {:#x}{}, {}; its pages forbid execution (NX)", target, from,
                            describe(evidence.at_address))};
    if (target < GuestMemory::page_size)
        return {"jump to null", fmt::format("a null function pointer was called, or a return address was overwritten "
                                            "with zero: RIP is {:#x}{}",
                                            target, from)};
    return {"jump to garbage", fmt::format("RIP is {:#x}{}, where no code is: a wild function pointer, or a return "
                                           "address that was overwritten",
                                           target, from)};
}

std::optional<Cause> page_fault(const Evidence& evidence, const Fault& fault) {
    const std::uint64_t address = fault.address;
    const AddressFacts& at = evidence.at_address;
    if ((fault.error & 8) != 0)
        return Cause{"broken page table", "a page-table entry on the way to the address has reserved bits set"};
    if (fault_fetch(fault.error)) return bad_fetch(evidence, address);
    const std::string_view verb = fault_write(fault.error) ? "write" : "read";
    if (fault_present(fault.error) && fault_write(fault.error))
        return Cause{"write to read-only memory", fmt::format("{} writes to {}", here(evidence), describe(at))};
    if (evidence.stack_bottom) return stack_overflow(evidence);
    if (at.region == Region::null_page)
        return Cause{"null pointer",
                     address == 0 ? fmt::format("{} {}s through a null pointer", here(evidence), verb)
                                  : fmt::format("{} {}s through a null pointer, at offset {:#x} of what it should "
                                                "point to",
                                                here(evidence), verb, address)};
    if (evidence.mapped_in_direct_map)
        return Cause{"physical address used as a virtual one",
                     fmt::format("nothing is mapped at {:#x}, but the direct map has that physical address: add the "
                                 "HHDM offset",
                                 address)};
    if (at.region == Region::direct_map)
        return Cause{"hole in the direct map",
                     fmt::format("the loader's direct map (HHDM) does not cover physical {:#x}: from base revision 3 "
                                 "on it has only what the memory map lists; map it yourself",
                                 at.physical.value_or(0))};
    if (at.region == Region::image)
        return Cause{"gap in the kernel's image", "the address lies between the kernel's segments"};
    return Cause{"wild pointer",
                 fmt::format("{} {}s at {:#x}, where nothing is mapped", here(evidence), verb, address)};
}

std::optional<Cause> protection_fault(const Evidence& evidence, const Fault& fault) {
    const std::string& text = evidence.instruction.text;
    if (!evidence.at_instruction.mapping.canonical) return bad_fetch(evidence, evidence.registers.instruction);
    if (text.starts_with("int") && (fault.error & 2) != 0)
        return Cause{"interrupt without a gate",
                     fmt::format("{} asks for an interrupt for which the IDT has no usable gate", here(evidence))};
    if (evidence.instruction.operand) {
        const std::uint64_t operand = *evidence.instruction.operand;
        if (!evidence.at_address.mapping.canonical)
            return Cause{"non-canonical address",
                         fmt::format("{} uses the address {:#x}, whose upper bits are not all equal; pointers that "
                                     "were overwritten or shifted look like that",
                                     here(evidence), operand)};
        const bool stack = text.contains("%rsp") || text.contains("%rbp");
        if (wants_alignment(text) && operand % 16 != 0)
            return Cause{
                stack ? "misaligned stack" : "misaligned SSE operand",
                fmt::format("this instruction wants its operand aligned to 16 bytes, and {:#x} is not{}", operand,
                            stack ? "; the stack was not aligned as the ABI asks when the function was called "
                                    "(RSP + 8 divisible by 16 at its entry)"
                                  : "")};
    }
    if (text.starts_with("ret") && evidence.return_to && !evidence.at_stack.mapping.mapped()) return std::nullopt;
    if (text.starts_with("ret") && evidence.return_to)
        return Cause{"overwritten return address",
                     fmt::format("{} returns to {:#x}, which is no canonical address: something wrote over the stack",
                                 here(evidence), *evidence.return_to)};
    if (text.starts_with("wrmsr") || text.starts_with("rdmsr"))
        return Cause{"unknown model-specific register",
                     fmt::format("the processor has no MSR {:#x}, or not with that value",
                                 evidence.registers.general[2] & 0xffffffff)};
    if (text.starts_with("iret"))
        return Cause{"broken interrupt frame", "IRET takes segments or flags from the stack that cannot be"};
    if (fault.error != 0) return Cause{"bad segment selector", describe_error(fault)};
    return std::nullopt;
}

std::optional<Cause> invalid_opcode(const Evidence& evidence) {
    const std::string& text = evidence.instruction.text;
    const Registers& registers = evidence.registers;
    const bool vector = uses_vector_registers(text);
    if (vector && ((registers.cr4 & saves_sse) == 0 || (registers.cr0 & emulate_x87) != 0))
        return Cause{"SSE not enabled",
                     fmt::format("the instruction uses SSE, and {}: build with -mno-sse -mno-sse2 -msoft-float, or set "
                                 "CR4.OSFXSR and CR4.OSXMMEXCPT and clear CR0.EM first",
                                 (registers.cr4 & saves_sse) == 0 ? "CR4.OSFXSR is 0" : "CR0.EM is 1")};
    if (vector)
        return Cause{"AVX not enabled",
                     "the instruction uses AVX: CR4.OSXSAVE and XCR0 have to allow it, and the "
                     "processor must have it"};
    if (text.starts_with("ud2"))
        return Cause{"compiled-in trap", fmt::format("the compiler puts UD2 where {} must never come: after a failed "
                                                     "assertion or check, at __builtin_trap(), at unreachable code",
                                                     here(evidence))};
    if (!evidence.place.in_code && evidence.kernel_found)
        return Cause{"jump to garbage",
                     fmt::format("RIP is {:#x}, which is no code of the kernel's", registers.instruction)};
    return Cause{"instruction that this processor does not have",
                 "built for another processor, or the code was overwritten"};
}

Cause interrupt_without_handler(const Evidence& evidence, const Fault& fault) {
    if (fault.software)
        return {"interrupt without a gate", fmt::format("{} executes INT {:#x}, for which the IDT has no usable gate",
                                                        here(evidence), fault.vector)};
    if (fault.vector >= 8 && fault.vector < 16)
        return {"interrupts on before the PIC is set up",
                fmt::format("the interrupt controller (8259) delivered its line {} as vector {}, which the processor "
                            "uses for {}: mask or remap it before STI",
                            fault.vector - 8, fault.vector, name_of_vector(fault.vector))};
    return {"interrupt without a handler", fmt::format("a device's interrupt {:#x} came with interrupts on, and nobody "
                                                       "handles it",
                                                       fault.vector)};
}

std::optional<Cause> cause_of_fault(const Evidence& evidence) {
    if (evidence.chain.empty()) return std::nullopt;
    const Fault& fault = evidence.chain.front();
    if (fault.software || fault.vector >= 32) return interrupt_without_handler(evidence, fault);
    switch (fault.vector) {
        case 0:
            return Cause{"division by zero", "the divisor is zero, or the quotient does not fit into its register"};
        case 1:
        case 3:
            return Cause{"breakpoint without a debugger", fmt::format("{} stops for a debugger", here(evidence))};
        case 6:
            return invalid_opcode(evidence);
        case 7:
            return Cause{"SSE or x87 not enabled", (evidence.registers.cr0 & task_switched) != 0
                                                       ? "CR0.TS is 1: clear it (CLTS), or build without floating point"
                                                       : "CR0.EM is 1: clear it, or build without floating point"};
        case 8:
            return interrupt_without_handler(evidence, fault);
        case 12:
            return Cause{"broken stack pointer",
                         fmt::format("RSP is {:#x}, and the stack is used through a non-canonical address",
                                     evidence.registers.stack())};
        case 13:
            return protection_fault(evidence, fault);
        case 14:
            return page_fault(evidence, fault);
    }
    return std::nullopt;
}

bool waits_for_a_lock(const Evidence& evidence) {
    if (evidence.instruction.text.starts_with("pause")) return true;
    std::string name = evidence.place.function();
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return name.contains("lock") || name.contains("acquire");
}

std::optional<Cause> cause_of_hang(const Evidence& evidence) {
    if (!evidence.in_kernel)
        return Cause{"not in the kernel yet", "the processor is still in the boot loader or the firmware"};
    if (evidence.storm && !evidence.chain.empty())
        return Cause{"exception storm",
                     fmt::format("{} comes again and again at {}: its handler returns without having mended anything",
                                 name_of_vector(evidence.chain.back().vector), here(evidence))};
    if (evidence.registers.halted && evidence.registers.interrupts_on())
        return Cause{"waiting for an interrupt",
                     "the processor is in HLT with interrupts on; nothing that would end the run comes"};
    if (evidence.registers.halted)
        return evidence.processors > 1
                   ? Cause{"processors disagree", "the first processor has halted with interrupts off, others run"}
                   : Cause{"halted late", "the processor came to its halt loop just as the time limit passed"};
    if (evidence.samples.empty()) return std::nullopt;
    const bool one_function = std::ranges::all_of(evidence.samples, [&](const Sample& sample) {
        return sample.place.known() && sample.place.symbol == evidence.samples[0].place.symbol;
    });
    if (!one_function) return Cause{"still running", "the processor moves between functions: it may just need longer"};
    const bool off = !evidence.registers.interrupts_on();
    if (waits_for_a_lock(evidence))
        return Cause{off ? "waiting for a lock with interrupts off" : "waiting for a lock",
                     fmt::format("every one of {} looks found it in {}{}", evidence.samples.size(), here(evidence),
                                 off ? ", where no interrupt can get it out" : "")};
    return Cause{"endless loop", fmt::format("every one of {} looks found it in {}, interrupts {}",
                                             evidence.samples.size(), here(evidence), off ? "off" : "on")};
}

}  // namespace

std::optional<Cause> likely_cause(const Evidence& evidence) {
    switch (evidence.ending) {
        case Ending::fault:
            return cause_of_fault(evidence);
        case Ending::hang:
            return cause_of_hang(evidence);
        case Ending::panic:
            return std::nullopt;  // the kernel has said it
    }
    return std::nullopt;
}

std::string why_unhandled(const Evidence& evidence) {
    if (evidence.ending != Ending::fault) return "";
    switch (evidence.gate) {
        case Gate::unknown:
            return "";
        case Gate::no_table:
            return "no IDT is loaded (its limit is 0), so any exception ends in a triple fault";
        case Gate::beyond_limit:
            return fmt::format("the IDT ends before that vector (its limit is {:#x})",
                               evidence.registers.interrupts.limit);
        case Gate::absent:
            return "the IDT's gate for it is not present";
        case Gate::handler_unmapped:
            return "its handler lies where nothing is mapped";
        case Gate::handler_not_executable:
            return "its handler lies in memory that is not executable";
        case Gate::ready:
            break;
    }
    if (!evidence.at_stack.mapping.mapped() || !evidence.at_stack.mapping.writable)
        return "its handler could not be started, since the stack cannot be written to; give #PF and #DF an IST stack";
    return "";
}

std::string describe(const AddressFacts& facts) {
    if (!facts.mapping.canonical) return "no canonical address";
    std::string rights = permissions(facts.mapping);
    switch (facts.region) {
        case Region::image:
            return facts.section.empty() ? "the kernel's image, " + rights
                                         : fmt::format("the kernel's {}, {}", facts.section, rights);
        case Region::direct_map:
            return fmt::format("the direct map of physical {:#x}, {}", facts.physical.value_or(0), rights);
        case Region::null_page:
            return "the null page, " + rights;
        case Region::near_stack:
            return "beside the stack, " + rights;
        case Region::lower_half:
            return "the lower half, " + rights;
        case Region::not_canonical:
        case Region::nothing:
            break;
    }
    return rights;
}

}  // namespace lintel::runner
