/**
 * Tokens guessed ahead, so that one step of the model can answer for several: who guesses, how
 * many, and whether it is worth its time.
 *
 * <p>What belongs here: drafters, the acceptance seen, the choice of depth. What does not:
 * verifying guesses, which is nothing but sampling from the model's own rows, token by token, until
 * one is not the guessed one.
 */
@NullMarked
package dev.flyball.engine.speculate;

import org.jspecify.annotations.NullMarked;
