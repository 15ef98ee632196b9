/**
 * Model families: which hyper-parameters and tensors of a file go where.
 *
 * <p>What belongs here: a {@code ...Family} for each kind of model, the list of them, and the
 * outlines that many have in common. Pieces that families are composed of, and how they are
 * computed, are in {@link dev.flyball.engine.model}.
 *
 * <p>To add a family: write its {@code ...Family} (a {@link ModelFamily}: in terms of the {@code
 * ...Spec}s), and list it in {@link ModelFamilies}. {@code docs/decisions/model-families.md} lists
 * the pieces.
 */
@NullMarked
package dev.flyball.engine.model.family;

import org.jspecify.annotations.NullMarked;
