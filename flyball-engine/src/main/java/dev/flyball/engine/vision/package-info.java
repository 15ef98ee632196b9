/**
 * Images as input: from the bytes of a picture file to vectors that stand in a prompt.
 *
 * <p>What belongs here: reading pictures within limits, bringing them to the size and numbers that
 * an encoder was trained with, the encoders of projector files ({@code mmproj}), what is kept of
 * their results, and where these stand in a prompt. How prompts come by pictures is the server's to
 * know; how their vectors are attended to, {@link dev.flyball.engine.model}'s.
 */
@NullMarked
package dev.flyball.engine.vision;

import org.jspecify.annotations.NullMarked;
