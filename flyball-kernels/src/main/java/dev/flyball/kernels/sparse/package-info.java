/**
 * Gated feed forward networks computed neuron by neuron, so that neurons whose gate is all but shut
 * are not read: how their matrices lie in memory, the kernels, and what drives them. Which neurons
 * are to be skipped is the caller's choice; products over whole matrices are in {@code matmul}.
 */
@NullMarked
package dev.flyball.kernels.sparse;

import org.jspecify.annotations.NullMarked;
