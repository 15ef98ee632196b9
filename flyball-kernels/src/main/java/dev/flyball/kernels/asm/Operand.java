package dev.flyball.kernels.asm;

/** What an x86 vector instruction may take as its last source. */
public sealed interface Operand permits Memory, Xmm {}
