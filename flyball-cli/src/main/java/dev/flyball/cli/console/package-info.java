/**
 * What every command needs of the outside world: streams, environment variables, progress, amounts
 * as people read them, failures as one line.
 *
 * <p>What belongs here: talking to a terminal or a pipe. What is said does not.
 */
@NullMarked
package dev.flyball.cli.console;

import org.jspecify.annotations.NullMarked;
