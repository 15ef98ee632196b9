/**
 * How models write what is more than text: thoughts and calls of tools, each family in its own
 * notation. {@link dev.flyball.engine.dialect.ChatDialect} recognises the notation by the chat
 * template, {@link dev.flyball.engine.dialect.AnswerParser} reads an answer while it arrives,
 * {@link dev.flyball.engine.dialect.AnswerGuide} tells the engine which tokens end a thought and
 * from where a grammar holds.
 *
 * <p>What belongs here: notations of answers, their grammars, and the JSON within them as far as it
 * must be understood to find its end. What does not: rendering prompts, HTTP, and what a tool's
 * arguments mean.
 */
@NullMarked
package dev.flyball.engine.dialect;

import org.jspecify.annotations.NullMarked;
