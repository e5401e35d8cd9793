// One instruction, as QEMU's monitor disassembles it.
// Invariant: an operand's address is given only where the registers determine it.
#pragma once

#include "runner/autopsy/evidence.hpp"

namespace lintel::runner {

/// Understands a line like "0xfffffff0:  c7 00 01 00 00 00        movl     $1, (%rax)".
Instruction parse_instruction(std::string_view line, const Registers& registers);

/// Whether it works on an XMM, YMM or ZMM register, or on the x87 unit.
bool uses_vector_registers(std::string_view text);
bool uses_x87(std::string_view text);

/// Whether it wants its operand aligned to 16 bytes.
bool wants_alignment(std::string_view text);

}  // namespace lintel::runner
