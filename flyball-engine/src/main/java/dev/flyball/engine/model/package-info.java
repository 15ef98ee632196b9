/**
 * Model families: hyper-parameters, weights and forward passes.
 *
 * <p>What belongs here: the families, and the pieces that they are composed of. Scheduling,
 * sampling and text do not.
 *
 * <p>To add a family: write its {@code ...Family} (a {@link ModelFamily}: which keys and tensors go
 * where, in terms of the {@code ...Spec}s), and list it in {@link ModelFamilies}. {@link Decoder}
 * runs what it describes; {@code docs/decisions/model-families.md} lists the pieces.
 */
@NullMarked
package dev.flyball.engine.model;

import org.jspecify.annotations.NullMarked;
