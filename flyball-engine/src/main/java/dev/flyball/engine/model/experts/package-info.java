/**
 * Mixtures of experts: feed forward networks of which each token chooses a few.
 *
 * <p>What belongs here: how experts are chosen, weighed and computed together, and gates of shared
 * ones. What does not: where their weights are ({@link dev.flyball.engine.weights}).
 */
@NullMarked
package dev.flyball.engine.model.experts;

import org.jspecify.annotations.NullMarked;
