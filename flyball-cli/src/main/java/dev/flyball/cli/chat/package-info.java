/**
 * The conversation at the terminal: reading messages and /commands, and showing answers as they
 * come.
 *
 * <p>What belongs here: the dialogue with a person. Options of the command and the making of
 * prompts do not.
 */
@NullMarked
package dev.flyball.cli.chat;

import org.jspecify.annotations.NullMarked;
