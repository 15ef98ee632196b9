/**
 * Assemblers: instructions to bytes, for exactly those instructions that the kernels use.
 *
 * <p>What belongs here: encodings, operands, labels. What a kernel computes and how memory becomes
 * executable do not.
 */
@NullMarked
package dev.flyball.kernels.asm;

import org.jspecify.annotations.NullMarked;
