/**
 * From a parsed request to running generations: prompts, submission, the events of several choices,
 * cancelling. Shared by every API format that the server speaks.
 *
 * <p>What belongs here: what is the same for all formats. Field names and response shapes do not.
 */
@NullMarked
package dev.flyball.server.generate;

import org.jspecify.annotations.NullMarked;
