# A function that is chosen at run time (ifunc): a relocation that only a dynamic linker applies.
    .text
    .type choose_one, @function
choose_one:
    lea defect_main(%rip), %rax
    ret
    .size choose_one, . - choose_one

    .type one_of_several, @gnu_indirect_function
    .set one_of_several, choose_one

    .section .data.table, "awR", @progbits
    .global table
    .type table, @object
    .balign 8
table:
    .quad one_of_several
    .size table, 8
    .section .note.GNU-stack, "", @progbits
