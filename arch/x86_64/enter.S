# The last instructions of a loader, for each processor. In: %rdi, the Frame of enter.cpp.
# Invariant: position-independent; runs first at its identity-mapped address, then at its alias in the direct map,
# where it stays reachable whatever happens to the lower half. Nothing is written that processors share but the
# parking place.

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
        mov     40(%rdi), %r8           # where to go, or
        mov     48(%rdi), %rdi          # where to be told
        mov     %rax, %cr3

        lea     in_direct_map(%rip), %rax
        add     %rcx, %rax
        jmp     *%rax
in_direct_map:
        mov     %rbx, %cr3
        mov     %rsi, %rsp

        # The task register: of base 0 and limit 0. A null selector is not something that it accepts (Intel SDM vol.
        # 2, LTR), so it comes from a table that has nothing but its descriptor, at 0x38, in the last 16 bytes of the
        # stack; loading marks the descriptor busy. What the instructions read is built below it: 10 bytes of the 16.
        movabs  $0x0000890000000000, %rax
        mov     %rax, -16(%rsp)
        movq    $0, -8(%rsp)
        lea     -16 - 0x38(%rsp), %rax
        movw    $0x38 + 15, -32(%rsp)
        mov     %rax, -30(%rsp)
        lgdt    -32(%rsp)
        mov     $0x38, %ax
        ltr     %ax
        movw    $0x38 - 1, -32(%rsp)
        mov     %rbp, -30(%rsp)
        lgdt    -32(%rsp)
        movw    $0, -32(%rsp)
        movq    $0, -30(%rsp)
        lidt    -32(%rsp)
        xor     %eax, %eax
        lldt    %ax
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
        pushq   $0x28
        push    %rax
        lretq
in_new_segment:
        test    %rdi, %rdi
        jz      go

        # To be there is to write one's stack into the parking place; where there is something already, the processor
        # that started us has given us up.
        xor     %eax, %eax
        lock cmpxchg %rsp, 8(%rdi)
        jnz     given_up
parked:
        mov     16(%rdi), %r8           # loads acquire, on this architecture
        test    %r8, %r8
        jnz     released
        pause
        jmp     parked
released:
        mov     %cr3, %rax              # the executable may have changed its tables meanwhile
        mov     %rax, %cr3

go:
        pushq   $0                      # the return address
        push    %r8
        xor     %eax, %eax
        xor     %ebx, %ebx
        xor     %ecx, %ecx
        xor     %edx, %edx
        xor     %esi, %esi
        xor     %ebp, %ebp              # %rdi is the parking place, or 0
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
        ret

given_up:
        hlt
        jmp     given_up
