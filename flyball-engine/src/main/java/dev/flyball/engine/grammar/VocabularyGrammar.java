package dev.flyball.engine.grammar;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A grammar over one vocabulary: the masks of the states that were met last are kept, up to {@link
 * #MAX_MASK_BYTES}. Shared by all texts that follow the grammar; thread-safe by one lock, which no
 * two hold at once where one thread runs an engine.
 */
final class VocabularyGrammar {
  static final long MAX_MASK_BYTES = 8L << 20;

  /** What a mask needs beside its list. */
  private static final int ENTRY_BYTES = 128;

  private final TokenTrie trie;
  private final int[] endTokens;
  private final Recogniser recogniser;
  private final LinkedHashMap<Recogniser.State, TokenMask> masks =
      new LinkedHashMap<>(64, 0.75f, true);
  private long maskBytes;

  /**
   * A grammar over a vocabulary.
   *
   * @param endTokens those that end a generation
   */
  VocabularyGrammar(Automaton automaton, TokenTrie trie, int[] endTokens) {
    this.trie = trie;
    this.endTokens = endTokens.clone();
    recogniser = new Recogniser(automaton);
  }

  Recogniser.State start() {
    return recogniser.start();
  }

  /** The tokens that may come next in a state, those that end a generation where it may end. */
  synchronized TokenMask mask(Recogniser.State state) {
    TokenMask known = masks.get(state);
    if (known != null) {
      return known;
    }
    recogniser.startWork();
    long[] allowed = trie.allowed(state, recogniser.dead());
    if (state.isAccepting()) {
      for (int token : endTokens) {
        allowed[token >> 6] |= 1L << token;
      }
    }
    TokenMask mask = new TokenMask(allowed, trie.vocabularySize());
    keep(state, mask);
    return mask;
  }

  /** Where a text leads. */
  synchronized Recogniser.State after(Recogniser.State state, byte[] text) {
    recogniser.startWork();
    Recogniser.State next = state;
    for (byte value : text) {
      next = next.after(value & 0xFF);
    }
    return next;
  }

  private void keep(Recogniser.State state, TokenMask mask) {
    masks.put(state, mask);
    maskBytes += mask.sizeBytes() + ENTRY_BYTES;
    while (maskBytes > MAX_MASK_BYTES && masks.size() > 1) {
      Map.Entry<Recogniser.State, TokenMask> oldest = masks.pollFirstEntry();
      maskBytes -= oldest.getValue().sizeBytes() + ENTRY_BYTES;
    }
  }
}
