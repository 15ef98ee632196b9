package dev.flyball.engine.sample;

/**
 * The token that came next to the chosen one.
 *
 * @param closeness how near it was, from 0 to 1: the quotient of probabilities where the best token
 *     is chosen, else of the times at which both came in the race of a draw
 */
public record RunnerUp(int token, double closeness) {}
