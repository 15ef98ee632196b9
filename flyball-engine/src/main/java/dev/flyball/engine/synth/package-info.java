/**
 * Synthetic models: real shapes, random weights, so that speed can be measured and servers tried
 * without a download.
 *
 * <p>What belongs here: shapes, random weights and a vocabulary of the right size. What does not:
 * the file format, and anything that computes with a model.
 */
@NullMarked
package dev.flyball.engine.synth;

import org.jspecify.annotations.NullMarked;
