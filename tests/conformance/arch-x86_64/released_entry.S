# Where a processor goes that was parked. In: %rdi, its structure, whose argument is the EntryState to write to.
        .include "tests/conformance/arch-x86_64/write_down.inc"

        .text
        .code64
        .globl released_entry
released_entry:
        push    %rbx
        mov     24(%rdi), %rbx
        write_down
        mov     %rbx, %rsi
        jmp     released_main
