package dev.flyball.engine.grammar;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What is known of places without the calls around them: the tokens whose text stays within the
 * innermost frame, and where in the tree of the vocabulary that frame ends. Only the latter depends
 * on the calls around it. So the thousands of tokens that may follow within a string are found
 * once, however many strings a schema has.
 *
 * <p>Source: Y. Dong et al., "XGrammar: Flexible and Efficient Structured Generation Engine for
 * Large Language Models", 2024, context-independent and context-dependent tokens.
 *
 * @param allowed tokens within the frame
 * @param ends what tokens go on with behind the end of the frame
 */
record FrameTokens(TokenMask allowed, FrameEnds ends) {
  /** Bytes of memory, nearly. */
  long sizeBytes() {
    return allowed.sizeBytes() + ends.sizeBytes() + 256;
  }

  /** Those kept last, up to so many bytes. Thread-safe. */
  static final class Cache {
    private final long maxBytes;
    private final LinkedHashMap<PlacesKey, FrameTokens> kept = new LinkedHashMap<>(64, 0.75f, true);
    private long bytes;
    private Optional<StringTokens> strings = Optional.empty();

    Cache(long maxBytes) {
      this.maxBytes = maxBytes;
    }

    synchronized Optional<FrameTokens> find(PlacesKey key) {
      return Optional.ofNullable(kept.get(key));
    }

    /** Those of JSON strings, found the first time. */
    synchronized StringTokens strings(Supplier<StringTokens> finder) {
      StringTokens found = strings.orElseGet(finder);
      strings = Optional.of(found);
      return found;
    }

    synchronized void keep(PlacesKey key, FrameTokens tokens) {
      if (kept.putIfAbsent(key, tokens) != null) {
        return;
      }
      bytes += tokens.sizeBytes();
      while (bytes > maxBytes && kept.size() > 1) {
        Map.Entry<PlacesKey, FrameTokens> oldest = kept.pollFirstEntry();
        bytes -= oldest.getValue().sizeBytes();
      }
    }
  }
}
