package dev.flyball.engine.vision;

import dev.flyball.units.TokenIds;
import java.util.List;

/**
 * A prompt in which images stand.
 *
 * @param tokens with as many for each image as it has vectors
 * @param images in order
 */
public record ImagePrompt(TokenIds tokens, List<PromptImage> images) {
  public ImagePrompt {
    images = List.copyOf(images);
  }
}
