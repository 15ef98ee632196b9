/**
 * Structured output: text that a grammar describes, and the tokens that may come next in it.
 *
 * <p>Front ends (JSON schema, regular expression, GBNF, parts) make {@link
 * dev.flyball.engine.grammar.Expression}s; these become one automaton over bytes with calls, whose
 * states are made as they are needed; a trie over the vocabulary turns a state into a mask of
 * tokens.
 *
 * <p>What belongs here: languages and masks. Choosing a token from what a mask leaves does not, nor
 * do the field names under which clients send a grammar.
 */
@NullMarked
package dev.flyball.engine.grammar;

import org.jspecify.annotations.NullMarked;
