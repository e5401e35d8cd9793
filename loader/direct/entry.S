# Where QEMU's -kernel starts this loader: the PVH entry point (Xen, docs/misc/pvh.pandoc). In: 32-bit protected
# mode, flat segments, no paging, %ebx the physical address of the start info. Out: long mode, the first 4 GiB
# identity-mapped, direct_main(start info).
# Invariant: nothing here trusts memory outside this image.

        .section .note.pvh, "a", @note
        .balign 4
        .long   4, 8, 18                # sizes of name and descriptor, XEN_ELFNOTE_PHYS32_ENTRY
        .asciz  "Xen"
        .quad   pvh_entry

        .section .text.entry, "ax"
        .code32
        .globl  pvh_entry
pvh_entry:
        cli
        cld
        mov     $stack_top, %esp
        mov     %ebx, %edi

        # A processor without long mode must not meet the wrmsr below (Intel SDM vol. 2, CPUID 80000001H).
        mov     $0x80000000, %eax
        cpuid
        cmp     $0x80000001, %eax
        jb      no_long_mode
        mov     $0x80000001, %eax
        cpuid
        test    $1 << 29, %edx
        jz      no_long_mode

        # 2048 pages of 2 MiB: present, writable, large.
        mov     $page_directories, %ecx
        mov     $0x83, %eax
1:      mov     %eax, (%ecx)
        movl    $0, 4(%ecx)
        add     $8, %ecx
        add     $0x200000, %eax
        jnc     1b
        movl    $page_directories + 0x0003, pointer_table
        movl    $page_directories + 0x1003, pointer_table + 8
        movl    $page_directories + 0x2003, pointer_table + 16
        movl    $page_directories + 0x3003, pointer_table + 24
        movl    $pointer_table + 3, root_table

        mov     $root_table, %eax
        mov     %eax, %cr3
        mov     $1 << 5, %eax           # PAE
        mov     %eax, %cr4
        mov     $0xc0000080, %ecx       # EFER
        rdmsr
        or      $1 << 8, %eax           # LME
        wrmsr
        mov     $0x80010011, %eax       # PG, WP, ET, PE
        mov     %eax, %cr0
        lgdt    descriptors_pointer
        ljmp    $8, $long_mode

no_long_mode:
        mov     $sentence, %esi
        mov     $0x3f8, %dx             # COM1, as the machine leaves it: QEMU's needs no set-up
1:      lodsb
        test    %al, %al
        jz      2f
        out     %al, %dx
        jmp     1b
2:      hlt
        jmp     2b

        .code64
long_mode:
        mov     $16, %ax
        mov     %ax, %ds
        mov     %ax, %es
        mov     %ax, %fs
        mov     %ax, %gs
        mov     %ax, %ss
        mov     $stack_top, %esp
        mov     %edi, %edi              # the upper half of %rdi is undefined after the switch
        xor     %ebp, %ebp
        call    direct_main             # never returns

        .section .rodata.entry, "a"
sentence:
        .asciz  "lintel loader: error: this processor has no 64-bit mode\r\n"
        .balign 8
descriptors:
        .quad   0, 0x00209b0000000000, 0x0000930000000000
descriptors_pointer:
        .word   . - descriptors - 1
        .quad   descriptors

        .section .bss.entry, "aw", @nobits
        .balign 4096
root_table:
        .skip   4096
pointer_table:
        .skip   4096
page_directories:
        .skip   4 * 4096
        .skip   64 * 1024
stack_top:
