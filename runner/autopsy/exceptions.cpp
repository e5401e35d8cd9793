// See the header.
#include "runner/autopsy/exceptions.hpp"

#include <array>

namespace lintel::runner {

namespace {

constexpr std::array<std::string_view, 32> names = {"division error (#DE)",
                                                    "debug exception (#DB)",
                                                    "non-maskable interrupt (NMI)",
                                                    "breakpoint (#BP)",
                                                    "overflow (#OF)",
                                                    "bound range exceeded (#BR)",
                                                    "invalid opcode (#UD)",
                                                    "device not available (#NM)",
                                                    "double fault (#DF)",
                                                    "coprocessor segment overrun",
                                                    "invalid TSS (#TS)",
                                                    "segment not present (#NP)",
                                                    "stack-segment fault (#SS)",
                                                    "general protection fault (#GP)",
                                                    "page fault (#PF)",
                                                    "",
                                                    "x87 floating-point error (#MF)",
                                                    "alignment check (#AC)",
                                                    "machine check (#MC)",
                                                    "SIMD floating-point error (#XM)",
                                                    "virtualization exception (#VE)",
                                                    "control protection exception (#CP)",
                                                    "",
                                                    "",
                                                    "",
                                                    "",
                                                    "",
                                                    "",
                                                    "hypervisor injection exception (#HV)",
                                                    "VMM communication exception (#VC)",
                                                    "security exception (#SX)",
                                                    ""};

bool has_selector_error(unsigned vector) { return vector >= 10 && vector <= 13; }

std::string describe_page_fault(std::uint64_t error) {
    std::string text = fault_fetch(error) ? "an instruction fetch" : fault_write(error) ? "a write" : "a read";
    if ((error & 4) != 0) text += " by user code";
    if ((error & 8) != 0) return text + " through a page-table entry with reserved bits set";
    if ((error & 32) != 0) return text + " that the page's protection key forbids";
    if (!fault_present(error))
        return text +
               (fault_fetch(error)   ? " from"
                : fault_write(error) ? " to"
                                     : " of") +
               " a page that is not mapped";
    if (fault_fetch(error)) return text + " from a page that is not executable";
    return text + (fault_write(error) ? " to a page that is read-only" : " of a page that only others may read");
}

}  // namespace

std::string name_of_vector(unsigned vector) {
    if (vector < names.size() && !names[vector].empty()) return std::string(names[vector]);
    return fmt::format("interrupt {:#x}", vector);
}

std::string describe_error(const Fault& fault) {
    if (fault.vector == 14) return describe_page_fault(fault.error);
    if (!has_selector_error(fault.vector) || fault.error == 0) return "";
    // Which entry is not said: QEMU's emulation counts them in another unit than the processors do.
    const std::string text = (fault.error & 2) != 0
                                 ? "about an entry of the IDT"
                                 : fmt::format("about the {}'s selector {:#x}", (fault.error & 4) != 0 ? "LDT" : "GDT",
                                               fault.error & 0xfff8);
    return (fault.error & 1) != 0 ? text + ", from outside the program" : text;
}

}  // namespace lintel::runner
