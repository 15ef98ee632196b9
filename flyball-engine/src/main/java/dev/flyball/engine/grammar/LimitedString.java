package dev.flyball.engine.grammar;

/**
 * A place within a JSON string of limited length, between two characters.
 *
 * @param state of the automaton
 * @param minMore characters that have to follow
 * @param maxMore characters that may follow
 */
record LimitedString(int state, int minMore, int maxMore) {}
