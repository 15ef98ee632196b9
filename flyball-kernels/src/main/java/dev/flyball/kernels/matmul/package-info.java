/**
 * Products of packed 8-bit-or-less weights with 8-bit activations: the layouts, the kernels, and
 * what drives them.
 *
 * <p>What belongs here: everything between a stored weight matrix and rows of output. Norms,
 * attention and threads do not.
 */
@NullMarked
package dev.flyball.kernels.matmul;

import org.jspecify.annotations.NullMarked;
