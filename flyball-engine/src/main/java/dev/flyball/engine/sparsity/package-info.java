/**
 * Which neurons of gated feed forward networks count as shut: the magnitudes that gates have on a
 * text, their file beside the model, and the thresholds that a share of skipped neurons asks for.
 *
 * <p>What belongs here: what is known of gates. What a model does with it is in {@code model}, the
 * kernels that read fewer weights are in {@code dev.flyball.kernels.sparse}.
 */
@NullMarked
package dev.flyball.engine.sparsity;

import org.jspecify.annotations.NullMarked;
