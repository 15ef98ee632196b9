/**
 * Mixers of tokens that keep a state of fixed size for each sequence, in place of keys and values.
 *
 * <p>What belongs here: short convolutions, Mamba-2 and gated delta nets, as read from files and as
 * they run, and what they have in common. What does not: the rules that bring a state forward
 * ({@link dev.flyball.engine.model.arithmetic.Scans}), and who keeps it (the cache).
 */
@NullMarked
package dev.flyball.engine.model.recurrent;

import org.jspecify.annotations.NullMarked;
