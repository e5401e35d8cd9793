# The last instructions of a loader. In: %rdi, the Frame of enter.cpp.
# Invariant: position-independent; runs first at its identity-mapped address, then at its alias in the direct map,
# where it and the frame stay reachable whatever happens to the lower half.

        .text
        .code64
        .globl lintel_enter
lintel_enter:
        cli
        cld
        mov     0(%rdi), %rax           # scratch tables: identity below, new address space above
        mov     8(%rdi), %rbx           # the new tables alone
        mov     16(%rdi), %rcx          # offset of the direct map
        mov     24(%rdi), %rsi          # the stack to enter with
        mov     32(%rdi), %rbp          # the descriptors
        mov     %rax, %cr3

        lea     in_direct_map(%rip), %rax
        add     %rcx, %rax
        jmp     *%rax
in_direct_map:
        mov     %rbx, %cr3
        mov     %rsi, %rsp

        # What the descriptor-table instructions read is built below the stack that is handed over: 10 bytes of it.
        movw    $9 * 8 - 1, -16(%rsp)
        mov     %rbp, -14(%rsp)
        lgdt    -16(%rsp)
        movw    $0, -16(%rsp)
        movq    $0, -14(%rsp)
        lidt    -16(%rsp)
        xor     %eax, %eax
        lldt    %ax
        mov     $0x38, %ax
        ltr     %ax
        movq    $0, 0x38(%rbp)          # the task state segment has served
        mov     $0x30, %ax
        mov     %ax, %ds
        mov     %ax, %es
        mov     %ax, %fs
        mov     %ax, %gs
        mov     %ax, %ss

        mov     $0x80010011, %eax       # PG, WP, ET, PE and nothing else
        mov     %rax, %cr0

        # A far return into the new code segment, to the next line.
        lea     in_new_segment(%rip), %rax
        movq    $0x28, -8(%rsp)
        mov     %rax, -16(%rsp)
        sub     $16, %rsp
        lretq
in_new_segment:
        xor     %eax, %eax
        xor     %ebx, %ebx
        xor     %ecx, %ecx
        xor     %edx, %edx
        xor     %esi, %esi
        xor     %edi, %edi
        xor     %ebp, %ebp
        xor     %r8d, %r8d
        xor     %r9d, %r9d
        xor     %r10d, %r10d
        xor     %r11d, %r11d
        xor     %r12d, %r12d
        xor     %r13d, %r13d
        xor     %r14d, %r14d
        xor     %r15d, %r15d
        pushq   $2                      # RFLAGS: nothing but the bit that is always set
        popfq
        ret                             # to the entry, with the return address 0 on the stack
