/**
 * Model families: hyper-parameters, weights and forward passes.
 *
 * <p>What belongs here: the families, and the pieces that they are composed of. Scheduling,
 * sampling and text do not.
 *
 * <p>To add a family: write its {@code ...Family} (a {@link ModelFamily}), {@code ...Config} (keys,
 * read through {@link HyperParameters}), {@code ...Weights} (tensors, read through {@link
 * WeightTable}) and {@code ...Model} (the forward pass, of {@link Attention}, {@link FeedForward},
 * {@link RotaryEmbedding} and {@link OutputRows}), and list the family in {@link ModelFamilies}.
 */
@NullMarked
package dev.flyball.engine.model;

import org.jspecify.annotations.NullMarked;
