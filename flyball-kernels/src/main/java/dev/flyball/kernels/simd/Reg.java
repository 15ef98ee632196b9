package dev.flyball.kernels.simd;

/**
 * A 64-bit general register that a kernel holds until it releases it: an address, a count or a
 * stride.
 *
 * @param code its number in the back end's encodings
 */
public record Reg(int code) {}
