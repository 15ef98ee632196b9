package dev.flyball.engine;

import dev.flyball.engine.model.EmbeddedSpan;
import dev.flyball.engine.vision.PromptImage;
import dev.flyball.units.TokenIds;
import java.util.List;
import java.util.Optional;

/** The images of a prompt. Immutable. */
final class PlacedImages {
  private final List<PromptImage> images;
  private final TokenIds keys;

  /**
   * @param images in order, none within another
   */
  PlacedImages(TokenIds prompt, List<PromptImage> images) {
    this.images = images;
    keys = images.isEmpty() ? prompt : keys(prompt, images);
  }

  private static TokenIds keys(TokenIds prompt, List<PromptImage> images) {
    int[] ids = prompt.toArray();
    images.forEach(image -> image.writeKeys(ids));
    return TokenIds.of(ids);
  }

  /**
   * What the cache knows the prompt's tokens by: their ids, but for images what tells them apart by
   * their content.
   */
  TokenIds keys() {
    return keys;
  }

  /** The image's vectors among which the one at a position of the prompt is. */
  Optional<EmbeddedSpan> spanAt(int position) {
    for (int i = 0; i < images.size(); i++) {
      EmbeddedSpan span = images.get(i).span();
      if (position >= span.first() && position < span.end()) {
        return Optional.of(span);
      }
    }
    return Optional.empty();
  }

  /**
   * How many tokens one step can compute: since vectors of an image see those behind them, none may
   * be left for the next step.
   *
   * @param computed tokens of the sequence that are computed
   * @param tokens how many are wanted
   * @param most how many are possible
   * @return at most those wanted; or, where they end in the first image that follows, all of it; or
   *     0 where that is not possible
   */
  int wholeChunk(int computed, int tokens, int most) {
    int end = computed + tokens;
    for (int i = 0; i < images.size(); i++) {
      EmbeddedSpan span = images.get(i).span();
      if (end > span.first() && end < span.end()) {
        return span.first() > computed
            ? span.first() - computed
            : span.end() - computed <= most ? span.end() - computed : 0;
      }
    }
    return tokens;
  }
}
