/**
 * A portable way to write SIMD kernels: vectors of 32-bit lanes, 8-bit dot products, loops and
 * addresses, each back end turning them into its own instructions.
 *
 * <p>What belongs here: the builder that kernels are written on, and its back ends. Kernels and
 * encodings do not.
 */
@NullMarked
package dev.flyball.kernels.simd;

import org.jspecify.annotations.NullMarked;
