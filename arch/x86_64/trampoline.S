# What runs in a page below 1 MiB: the first instructions of a processor that is started, from real mode through
# protected mode without paging to long mode under the tables that trampoline.cpp names. One that is in long mode
# already joins them in protected mode, to get there again under tables of another number of levels.
# Invariant: refers only to itself, by distances from its start and by the words below that trampoline.cpp fills in.

        .text
        .balign 16
        .code16
        .globl lintel_trampoline
lintel_trampoline:                      # where a startup interrupt leads: %cs * 16 is this address
        cli
        cld
        xor     %ebx, %ebx
        mov     %cs, %bx
        mov     %bx, %ds
        shl     $4, %ebx
        lgdtl   table_pointer - lintel_trampoline
        mov     $0x11, %eax             # ET, PE
        mov     %eax, %cr0
        ljmpl   *to_protected - lintel_trampoline

        .code64
        .globl lintel_trampoline_leave
lintel_trampoline_leave:                # where trampoline.cpp leads the running processor
        lea     lintel_trampoline(%rip), %rbx
        lgdt    table_pointer(%rip)
        ljmpl   *to_protected(%rip)

        .code32
protected:                              # %ebx: the start of this page
        mov     $0x20, %ax
        mov     %ax, %ds
        mov     %ax, %es
        mov     %ax, %ss
        mov     $0x11, %eax             # ET, PE: without paging there is no long mode
        mov     %eax, %cr0
        mov     $0xc0000080, %ecx       # EFER
        movzwl  features - lintel_trampoline(%ebx), %eax
        xor     %edx, %edx
        wrmsr
        mov     control - lintel_trampoline(%ebx), %eax
        mov     %eax, %cr4
        mov     root - lintel_trampoline(%ebx), %eax
        mov     %eax, %cr3
        mov     $0x80010011, %eax       # PG, WP, ET, PE
        mov     %eax, %cr0
        ljmpl   *to_long - lintel_trampoline(%ebx)

        .code64
long:
        mov     argument(%rip), %rdi
        mov     target(%rip), %rax
        jmp     *%rax

        # Parameters of trampoline.cpp.
        .balign 8
        .globl lintel_trampoline_parameters
lintel_trampoline_parameters:
target:         .quad 0
argument:       .quad 0
root:           .long 0
control:        .long 0
to_protected:   .long protected - lintel_trampoline
                .word 0x18
features:       .word 0
to_long:        .long long - lintel_trampoline
                .word 0x28
table_pointer:  .word 7 * 8 - 1
                .quad table - lintel_trampoline
table:          .fill 7, 8, 0
        .globl lintel_trampoline_end
lintel_trampoline_end:

# Where the trampoline leads a processor that was started. In: %rdi, the Start of processors.cpp. Each takes the next
# stack; one too many finds none and stays here.
        .globl lintel_started
lintel_started:
        mov     $1, %eax
        lock xadd %rax, 0(%rdi)         # how many stacks are taken
        cmp     8(%rdi), %rax           # of how many
        jae     1f
        mov     16(%rdi), %rsi          # the stacks' tops
        mov     (%rsi,%rax,8), %rsi
        mov     %rsi, %rsp
        xor     %ebp, %ebp
        call    lintel_processor_main
1:      hlt
        jmp     1b
