# The first instructions of each kernel: they write down what the loader left in the processor before C++ changes it.
# Invariant: nothing is read after it has been overwritten.
        .include "tests/conformance/arch-x86_64/write_down.inc"

        .text
        .code64

        .globl requested_entry
requested_entry:                        # where the Entry Point request leads
        push    %rbx
        lea     entry_state(%rip), %rbx
        movq    $1, 0xe0(%rbx)
        jmp     1f

        .globl conformance_entry
conformance_entry:                      # where the ELF header leads
        push    %rbx
        lea     entry_state(%rip), %rbx
        movq    $0, 0xe0(%rbx)
1:      write_down
        jmp     conformance_main        # on the stack as it was handed over
