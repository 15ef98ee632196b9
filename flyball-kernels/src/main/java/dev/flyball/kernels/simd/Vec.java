package dev.flyball.kernels.simd;

/**
 * A vector register that a kernel holds until it releases it.
 *
 * @param code its number in the back end's encodings
 */
public record Vec(int code) {}
