/**
 * Speaks to the server under load: streamed requests, prompts of the right length in its tokens,
 * its metrics.
 *
 * <p>What belongs here: HTTP and what is sent over it. When something is sent does not.
 */
@NullMarked
package dev.flyball.cli.load.client;

import org.jspecify.annotations.NullMarked;
