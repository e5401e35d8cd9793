# Defects that take instructions of their own, and what the kernel needs of the machine.
# Invariant: each has a line table, so that the autopsy can name its line.
    .intel_syntax noprefix

    .macro function name
    .text
    .globl \name
    .type \name, @function
\name:
    .endm
    .macro end name
    .size \name, . - \name
    .endm

function entry
    call kernel_main
    .size entry, . - entry

# Nothing has set CR4.OSFXSR.
function use_sse
    movaps xmm0, xmm1
    ret
end use_sse

function use_sse_with_task_switched
    mov rax, cr4
    or rax, 0x600
    mov cr4, rax
    mov rax, cr0
    or rax, 8
    mov cr0, rax
    movaps xmm0, xmm1
    ret
end use_sse_with_task_switched

function software_interrupt
    int 0x80
    ret
end software_interrupt

function return_to_garbage
    movabs rax, 0x4141414141414141
    push rax
    ret
end return_to_garbage

function load_bad_selector
    mov eax, 0x1230
    mov ds, eax
    ret
end load_bad_selector

# A whole table without one gate in it.
function empty_idt
    lea rax, [rip + idt]
    mov [rip + idt_pointer + 2], rax
    lidt [rip + idt_pointer]
    ud2
end empty_idt

# A handler that returns to the instruction that failed.
function exception_storm
    lea rax, [rip + idt]
    mov [rip + idt_pointer + 2], rax
    lea rcx, [rip + only_return]
    mov [rax + 6 * 16], cx
    mov word ptr [rax + 6 * 16 + 2], cs
    mov word ptr [rax + 6 * 16 + 4], 0x8e00
    shr rcx, 16
    mov [rax + 6 * 16 + 6], cx
    shr rcx, 16
    mov [rax + 6 * 16 + 8], ecx
    lidt [rip + idt_pointer]
    ud2
end exception_storm

function only_return
    iretq
end only_return

function wait_with_interrupts_on
    sti
1:  hlt
    jmp 1b
end wait_with_interrupts_on

function on_guarded_stack
    lea rsp, [rip + guarded_stack_top]
    xor ebp, ebp
    call rdi
end on_guarded_stack

function out8
    mov edx, edi
    mov eax, esi
    out dx, al
    ret
end out8

function stop
    cli
1:  hlt
    jmp 1b
end stop

    .section .guarded_stack, "aw", @nobits
    .balign 4096
    .skip 8192
guarded_stack_top:

    .bss
    .balign 16
idt:
    .skip 256 * 16

    .data
    .balign 8
idt_pointer:
    .word 256 * 16 - 1
    .quad 0

    .section .note.GNU-stack, "", @progbits
