package dev.flyball.server.generate;

import dev.flyball.engine.Engine;
import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.GenerationRequest;
import dev.flyball.engine.vision.EncodedImage;
import dev.flyball.engine.vision.ImageEncoder;
import dev.flyball.engine.vision.ImagePrompt;
import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import dev.flyball.units.ImageWork;
import dev.flyball.units.TokenIds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A conversation as an engine takes it: tokens, and the images among them, encoded.
 *
 * @param prompt tokens and images
 * @param work what it took to encode them
 */
public record PreparedPrompt(ImagePrompt prompt, ImageWork work) {
  /**
   * Renders a conversation, and encodes its images where it has some. CPU-heavy: belongs on a
   * worker thread.
   *
   * @throws ServerException as {@link ChatPrompt#encode}; UNSUPPORTED where there are images but
   *     the model takes none, INVALID_VALUE where one cannot be used, CONTEXT_LENGTH_EXCEEDED
   */
  public static PreparedPrompt of(ChatPrompt conversation, Engine engine) {
    if (!conversation.images().isEmpty() && engine.images().isEmpty()) {
      throw ServerException.ofField(
          ServerError.UNSUPPORTED,
          conversation.images().getFirst().field(),
          "the model "
              + engine.info().name()
              + " takes no images: it has no projector (flyball serve MODEL --mmproj FILE)");
    }
    TokenIds text = conversation.encode(engine);
    return conversation.images().isEmpty()
        ? new PreparedPrompt(new ImagePrompt(text, List.of()), ImageWork.NONE)
        : withImages(text, conversation.images(), engine, engine.images().orElseThrow());
  }

  private static PreparedPrompt withImages(
      TokenIds text, List<ImageInput> images, Engine engine, ImageEncoder encoder) {
    requireFits(text.size(), images.size(), engine, encoder);
    List<EncodedImage> encoded = new ArrayList<>();
    Duration time = Duration.ZERO;
    int cached = 0;
    for (ImageInput image : images) {
      ImageEncoder.Encoding encoding = encode(image, encoder);
      encoded.add(encoding.image());
      time = time.plus(encoding.time());
      cached += encoding.cached() ? 1 : 0;
    }
    int tokens = encoded.size() * encoder.tokensPerImage();
    return new PreparedPrompt(
        encoder.place(text, encoded), new ImageWork(encoded.size(), cached, tokens, time));
  }

  /** Before anything is encoded, which takes long. */
  private static void requireFits(int textTokens, int images, Engine engine, ImageEncoder encoder) {
    long tokens = textTokens + (long) images * (encoder.tokensPerImage() + 1);
    int contextLength = engine.info().contextLength();
    if (tokens >= contextLength) {
      throw new ServerException(
          ServerError.CONTEXT_LENGTH_EXCEEDED,
          "the prompt has %d tokens with its %d images, but prompt and answer together may have %d; send fewer images or serve the model with a longer context (FLYBALL_CONTEXT_LENGTH)"
              .formatted(tokens, images, contextLength));
    }
  }

  private static ImageEncoder.Encoding encode(ImageInput image, ImageEncoder encoder) {
    try {
      return encoder.encode(image.file());
    } catch (EngineException e) {
      if (e.error() != EngineError.INVALID_INPUT) {
        throw e;
      }
      throw ServerException.ofField(
          ServerError.INVALID_VALUE, image.field(), String.valueOf(e.getMessage()));
    }
  }

  /** The prompt's tokens, those of images among them. */
  public TokenIds tokens() {
    return prompt.tokens();
  }

  /** A request for this prompt, with its images. */
  public GenerationRequest in(GenerationRequest request) {
    return prompt.images().isEmpty() ? request : request.withImages(prompt);
  }
}
