# Where the processor goes on a trap: one short entry for each vector, 16 bytes apart, and what they share.
# Invariant: handle_trap() gets the TrapFrame of trap_frame.hpp, a stack aligned to 16 bytes and DF clear; afterwards
# the interrupted code finds every register as it was.

        .text
        .code64

        # Those that push an error code by themselves (Intel SDM vol. 3A, table 6-1); the others get a 0.
        .balign 16
        .globl lintel_trap_entries
lintel_trap_entries:
        vector = 0
        .rept   256
        .balign 16
        .if vector != 8 && (vector < 10 || vector > 14) && vector != 17 && vector != 21 && vector != 29 && vector != 30
        pushq   $0
        .endif
        pushq   $vector
        jmp     enter_trap
        vector = vector + 1
        .endr

        .size   lintel_trap_entries, . - lintel_trap_entries
        .type   lintel_trap_entries, @function

        .balign 16
        .type   enter_trap, @function
enter_trap:
        .cfi_startproc simple
        .cfi_signal_frame
        .cfi_def_cfa rsp, 7 * 8
        .cfi_offset rip, -5 * 8
        .cfi_offset rsp, -2 * 8
        push    %rax                    # CR2 goes below it, through the register that it frees
        .cfi_adjust_cfa_offset 8
        mov     %cr2, %rax
        xchg    %rax, (%rsp)
        .irp    register, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
        push    %\register
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset \register, 0
        .endr
        cld
        mov     %rsp, %rdi
        # The processor aligned the stack before it pushed 5 words; with 18 of ours it is 8 bytes off.
        sub     $8, %rsp
        .cfi_adjust_cfa_offset 8
        call    lintel_trap
        add     $8, %rsp
        .cfi_adjust_cfa_offset -8
        .irp    register, r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax
        pop     %\register
        .cfi_adjust_cfa_offset -8
        .cfi_restore \register
        .endr
        add     $24, %rsp               # CR2, vector, error code
        .cfi_adjust_cfa_offset -24
        iretq
        .cfi_endproc
        .size   enter_trap, . - enter_trap

        .section .note.GNU-stack, "", @progbits
