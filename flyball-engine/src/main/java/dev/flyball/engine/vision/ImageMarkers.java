package dev.flyball.engine.vision;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.units.TokenIds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The tokens around an image, and where images stand in a prompt.
 *
 * @param begin the token before an image, which templates write for it
 * @param end the token behind it
 */
record ImageMarkers(int begin, int end) {
  private static final String BEGIN = "<start_of_image>";
  private static final String END = "<end_of_image>";

  /**
   * Finds them in a vocabulary.
   *
   * @throws EngineException UNSUPPORTED_MODEL where it has none
   */
  static ImageMarkers of(Tokenizer tokenizer) {
    return new ImageMarkers(id(tokenizer, BEGIN), id(tokenizer, END));
  }

  private static int id(Tokenizer tokenizer, String text) {
    TokenIds ids = tokenizer.encode(text, false, true);
    if (ids.size() != 1) {
      throw new EngineException(
          EngineError.UNSUPPORTED_MODEL,
          "the model's vocabulary has no token %s: it takes no images".formatted(text));
    }
    return ids.get(0);
  }

  /**
   * Puts images into a prompt, each behind its marker.
   *
   * @throws EngineException INVALID_INPUT where there are not as many markers as images
   */
  ImagePrompt place(TokenIds prompt, List<EncodedImage> images) {
    long markers = prompt.stream().filter(id -> id == begin).count();
    if (markers != images.size()) {
      throw new EngineException(
          EngineError.INVALID_INPUT,
          "the prompt has %d places for images (%s), but %d images came with it: the model's chat template may not know images, or a text has such a marker"
              .formatted(markers, BEGIN, images.size()));
    }
    int length = prompt.size();
    for (EncodedImage image : images) {
      length = Math.addExact(length, image.tokens() + 1);
    }
    int[] ids = new int[length];
    List<PromptImage> placed = new ArrayList<>();
    int at = 0;
    for (int i = 0; i < prompt.size(); i++) {
      ids[at] = prompt.get(i);
      if (ids[at++] == begin) {
        EncodedImage image = images.get(placed.size());
        placed.add(new PromptImage(at - 1, image));
        Arrays.fill(ids, at, at + image.tokens(), begin);
        at += image.tokens();
        ids[at++] = end;
      }
    }
    return new ImagePrompt(TokenIds.of(ids), placed);
  }
}
