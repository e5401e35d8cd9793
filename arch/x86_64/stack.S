# arch::run_on_stack(): the outermost frame on a new stack. In: %rdi, the stack's end; %rsi, what runs there.
# Invariant: every walk over the stack ends here: the frame pointer is 0, and debuggers are told that nobody called.

        .text
        .code64
        .balign 16
        .globl lintel_run_on_stack
        .type   lintel_run_on_stack, @function
lintel_run_on_stack:
        .cfi_startproc
        .cfi_undefined rip
        mov     %rdi, %rsp
        xor     %ebp, %ebp
        call    *%rsi
        ud2                             # it does not come back
        .cfi_endproc
        .size   lintel_run_on_stack, . - lintel_run_on_stack

# arch::retire(): from here on nothing of the old tables, and no stack, is touched. In: %rdi, the new root.
        .balign 16
        .globl lintel_retire
        .type   lintel_retire, @function
lintel_retire:
        .cfi_startproc
        .cfi_undefined rip
        mov     %rdi, %cr3
1:      hlt
        jmp     1b
        .cfi_endproc
        .size   lintel_retire, . - lintel_retire

        .section .note.GNU-stack, "", @progbits
