# The first instructions of each kernel: they write down what the loader left in the processor before C++ changes it.
# Invariant: nothing is read after it has been overwritten. The layout is EntryState's in entry_state.hpp.

        .text
        .code64

        .globl requested_entry
requested_entry:                        # where the Entry Point request leads
        movq    $1, entry_state+0xe0(%rip)
        jmp     write_down

        .globl conformance_entry
conformance_entry:                      # where the ELF header leads
        movq    $0, entry_state+0xe0(%rip)

write_down:
        mov     %rax, entry_state+0x00(%rip)
        mov     %rbx, entry_state+0x08(%rip)
        mov     %rcx, entry_state+0x10(%rip)
        mov     %rdx, entry_state+0x18(%rip)
        mov     %rsi, entry_state+0x20(%rip)
        mov     %rdi, entry_state+0x28(%rip)
        mov     %rbp, entry_state+0x30(%rip)
        mov     %r8,  entry_state+0x38(%rip)
        mov     %r9,  entry_state+0x40(%rip)
        mov     %r10, entry_state+0x48(%rip)
        mov     %r11, entry_state+0x50(%rip)
        mov     %r12, entry_state+0x58(%rip)
        mov     %r13, entry_state+0x60(%rip)
        mov     %r14, entry_state+0x68(%rip)
        mov     %r15, entry_state+0x70(%rip)
        mov     %rsp, entry_state+0x78(%rip)
        mov     (%rsp), %rax
        mov     %rax, entry_state+0x80(%rip)
        pushfq
        popq    entry_state+0x88(%rip)
        mov     %cr0, %rax
        mov     %rax, entry_state+0x90(%rip)
        mov     %cr3, %rax
        mov     %rax, entry_state+0x98(%rip)
        mov     %cr4, %rax
        mov     %rax, entry_state+0xa0(%rip)
        xor     %eax, %eax
        mov     %cs, %ax
        mov     %rax, entry_state+0xa8(%rip)
        mov     %ds, %ax
        mov     %rax, entry_state+0xb0(%rip)
        mov     %es, %ax
        mov     %rax, entry_state+0xb8(%rip)
        mov     %ss, %ax
        mov     %rax, entry_state+0xc0(%rip)
        mov     %fs, %ax
        mov     %rax, entry_state+0xc8(%rip)
        mov     %gs, %ax
        mov     %rax, entry_state+0xd0(%rip)
        str     %ax
        mov     %ax, entry_state+0xd8(%rip)
        sldt    %ax
        mov     %ax, entry_state+0xda(%rip)
        sgdt    entry_state+0xe8(%rip)
        sidt    entry_state+0xf8(%rip)
        cld
        xor     %ebp, %ebp
        jmp     conformance_main        # on the stack as it was handed over
