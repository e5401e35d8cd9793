# Saves the vector registers, as the interrupt paths of kernels do that use them.
    .section .text.save_vectors, "axR", @progbits
    .global save_vectors
    .type save_vectors, @function
save_vectors:
    fxsave64 (%rdi)
    ret
    .size save_vectors, . - save_vectors
    .section .note.GNU-stack, "", @progbits
