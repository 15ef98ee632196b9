package dev.flyball.server.generate;

import dev.flyball.engine.Engine;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.EngineFactory;
import dev.flyball.engine.EngineOptions;
import dev.flyball.engine.MemoryEstimate;
import dev.flyball.server.error.ServerException;
import dev.flyball.units.TokenIds;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;

/**
 * A system prompt that every engine computes when it is loaded and keeps in its cache, so that even
 * the first request with it finds it there.
 *
 * @param text what stands in the system message, or at the begin of a text where the model has no
 *     chat template, or one that leaves system messages out
 */
public record PinnedPrefix(String text) {
  private static final Logger LOG = System.getLogger(PinnedPrefix.class.getName());
  private static final long MAX_BYTES = 1 << 20;

  /**
   * Reads it from a file, in UTF-8; a line's end at its end is left out.
   *
   * @throws IllegalArgumentException where that is not possible, or it is empty or above 1 MiB
   */
  public static PinnedPrefix read(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IllegalArgumentException(file + " has more than 1 MiB");
      }
      String text = Files.readString(file).stripTrailing();
      if (text.isEmpty()) {
        throw new IllegalArgumentException(file + " is empty");
      }
      return new PinnedPrefix(text);
    } catch (IOException e) {
      throw new IllegalArgumentException(file + " cannot be read as UTF-8 text: " + e, e);
    }
  }

  /** Engines that have it in their caches as soon as they are loaded. */
  public EngineFactory in(EngineFactory engines) {
    return new EngineFactory() {
      @Override
      public Engine load(Path file, EngineOptions options) {
        Engine engine = engines.load(file, options);
        pin(engine, file);
        return engine;
      }

      @Override
      public MemoryEstimate estimate(Path file, EngineOptions options) {
        return engines.estimate(file, options);
      }
    };
  }

  private void pin(Engine engine, Path file) {
    TokenIds prefix = tokens(engine);
    try {
      int kept = engine.pin(prefix).join();
      LOG.log(Level.INFO, file + ": " + kept + " of " + prefix.size() + " tokens pinned");
    } catch (CompletionException e) {
      LOG.log(Level.WARNING, file + ": the prefix is not pinned: " + e.getCause());
    }
  }

  /** What all prompts with this system message begin with. */
  TokenIds tokens(Engine engine) {
    try {
      if (!prompt("a").render(engine).contains(text.strip())) {
        return plain(engine);
      }
      int[] one = prompt("a").encode(engine).toArray();
      int[] other = prompt("7").encode(engine).toArray();
      int differs = Arrays.mismatch(one, other);
      return TokenIds.of(Arrays.copyOf(one, differs < 0 ? one.length : differs));
    } catch (ServerException | EngineException e) {
      LOG.log(Level.DEBUG, "the prefix is pinned as plain text", e);
      return plain(engine);
    }
  }

  private TokenIds plain(Engine engine) {
    return engine.tokenizer().encode(text, true, false);
  }

  private ChatPrompt prompt(String user) {
    return new ChatPrompt(
        List.of(Map.of("role", "system", "content", text), Map.of("role", "user", "content", user)),
        List.of(),
        Map.of());
  }
}
