/**
 * Generated code that brings the states of recurrent heads forward.
 *
 * <p>What belongs here: kernels of rules such as those of Mamba-2 and of gated delta nets. What
 * does not: their plain twins, which are in {@code dev.flyball.kernels}, and what makes a layer of
 * them.
 */
@NullMarked
package dev.flyball.kernels.recurrence;

import org.jspecify.annotations.NullMarked;
