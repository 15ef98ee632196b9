/**
 * From logits to the next token: penalties, filters, randomness, log-probabilities.
 *
 * <p>What belongs here: everything that reads one row of logits. Where the row comes from does not.
 */
@NullMarked
package dev.flyball.engine.sample;

import org.jspecify.annotations.NullMarked;
