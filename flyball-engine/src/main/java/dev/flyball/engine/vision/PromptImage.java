package dev.flyball.engine.vision;

import dev.flyball.engine.model.EmbeddedSpan;

/** An image in a prompt: behind the token that begins it stand its vectors. Immutable. */
public final class PromptImage {
  private final int begin;
  private final EncodedImage image;
  private final EmbeddedSpan span;

  /**
   * @param begin position of the token that begins it
   */
  PromptImage(int begin, EncodedImage image) {
    this.begin = begin;
    this.image = image;
    span = new EmbeddedSpan(begin + 1, image.tokens(), image.vectors());
  }

  /** Its vectors. */
  public EmbeddedSpan span() {
    return span;
  }

  /** Tokens that its vectors take. */
  public int tokens() {
    return image.tokens();
  }

  /**
   * Writes what the prompt's tokens are known by in caches of keys and values over their ids. Two
   * images have different ones. The token that begins it has one of its own, too: whatever block a
   * vector is in, at least 62 bits tell whose it is.
   */
  public void writeKeys(int[] ids) {
    System.arraycopy(image.keys(), 0, ids, begin, image.keys().length);
  }
}
