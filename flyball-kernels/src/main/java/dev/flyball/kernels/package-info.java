/**
 * Arithmetic on tensors: the stored number formats, the plain-Java routines on them, and the
 * threads that run them.
 *
 * <p>Nothing here knows what a model, a layer or a file is; a routine takes memory, shapes and
 * strides. The plain routines are the oracle for every faster one.
 */
@NullMarked
package dev.flyball.kernels;

import org.jspecify.annotations.NullMarked;
