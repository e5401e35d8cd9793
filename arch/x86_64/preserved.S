# arch::breakpoint_keeps_registers(): a breakpoint with a value of its own in each register. Out: %rax, 0 where no
# register and neither CF nor DF came back otherwise than it went.
# Invariant: callers find their registers as they were.

        .text
        .code64
        .globl lintel_breakpoint_changes
        .type   lintel_breakpoint_changes, @function
lintel_breakpoint_changes:
        push    %rbp
        mov     %rsp, %rbp
        .irp    register, rbx, r12, r13, r14, r15
        push    %\register
        .endr
        value = 0x01010101
        .irp    register, rax, rbx, rcx, rdx, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15
        mov     $value, %\register
        value = value + 0x01010101
        .endr
        stc                             # CF and DF set: a handler must not run with DF, and must give both back
        std
        int3
        pushfq
        cld
        value = 0x01010101
        .irp    register, rax, rbx, rcx, rdx, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15
        xor     $value, %\register
        value = value + 0x01010101
        .endr
        .irp    register, rbx, rcx, rdx, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15
        or      %\register, %rax
        .endr
        pop     %rcx
        and     $0x401, %ecx            # DF and CF
        xor     $0x401, %ecx
        or      %rcx, %rax
        .irp    register, r15, r14, r13, r12, rbx
        pop     %\register
        .endr
        pop     %rbp
        ret
        .size   lintel_breakpoint_changes, . - lintel_breakpoint_changes

        .section .note.GNU-stack, "", @progbits
