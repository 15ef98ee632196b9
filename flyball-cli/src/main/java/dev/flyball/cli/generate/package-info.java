/**
 * Text from an engine on the command line: options of sampling, prompts of conversations, and a
 * generation read as it comes.
 *
 * <p>What belongs here: what {@code run} and {@code chat} share. What they print does not.
 */
@NullMarked
package dev.flyball.cli.generate;

import org.jspecify.annotations.NullMarked;
