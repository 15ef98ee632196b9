package dev.flyball.engine.grammar;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A grammar over one vocabulary: the masks of the states that were met last are kept, up to {@link
 * #MAX_MASK_BYTES}. Shared by all texts that follow the grammar; thread-safe by one lock, which no
 * two hold at once where one thread runs an engine.
 */
final class VocabularyGrammar {
  static final long MAX_MASK_BYTES = 8L << 20;

  private static final long MAX_FRAME_BYTES = 16L << 20;

  /** What a mask needs beside its list. */
  private static final int ENTRY_BYTES = 128;

  private final TokenTrie trie;
  private final int[] endTokens;
  private final Automaton automaton;
  private final Recogniser recogniser;
  private final TreeWalk walk;
  private final FrameTokens.Cache ownFrames = new FrameTokens.Cache(MAX_FRAME_BYTES);
  private final FrameTokens.Cache sharedFrames;
  private Optional<FramePreparation> preparation = Optional.empty();
  private boolean prepared;
  private final LinkedHashMap<Recogniser.State, TokenMask> masks =
      new LinkedHashMap<>(64, 0.75f, true);
  private long maskBytes;

  /**
   * A grammar over a vocabulary.
   *
   * @param endTokens those that end a generation
   * @param sharedFrames what is known of places that all grammars of the vocabulary have
   */
  VocabularyGrammar(
      Automaton automaton, TokenTrie trie, int[] endTokens, FrameTokens.Cache sharedFrames) {
    this.automaton = automaton;
    this.sharedFrames = sharedFrames;
    this.trie = trie;
    this.endTokens = endTokens.clone();
    recogniser = new Recogniser(automaton);
    walk = new TreeWalk(recogniser.dead());
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
    long[] allowed = allowed(state);
    if (state.isAccepting()) {
      for (int token : endTokens) {
        allowed[token >> 6] |= 1L << token;
      }
    }
    TokenMask mask = new TokenMask(allowed, trie.vocabularySize());
    keep(state, mask);
    return mask;
  }

  /**
   * Finds what is costly at places that texts will come to, so that {@link #mask} need not. Takes
   * the lock for one place at a time.
   *
   * @param sharedToo also at places that all grammars of the vocabulary have
   */
  void prepare(boolean sharedToo) {
    boolean more = true;
    while (more) {
      more = prepareNext(sharedToo ? 0 : automaton.sharedStates());
    }
  }

  private synchronized boolean prepareNext(int knownStates) {
    if (prepared) {
      return false;
    }
    recogniser.startWork();
    FramePreparation places =
        preparation.orElseGet(() -> new FramePreparation(automaton, recogniser, knownStates));
    preparation = Optional.of(places);
    Recogniser.State next = places.next();
    if (next == recogniser.dead()) {
      prepared = true;
      preparation = Optional.empty();
      return false;
    }
    recogniser.startWork();
    var _ = tokens(recogniser.frame(next));
    return true;
  }

  private long[] allowed(Recogniser.State state) {
    if (state.depth() + trie.maxDepth() >= Recogniser.MAX_DEPTH) {
      return trie.allowed(state, walk); // calls around a frame count against the limit of depth
    }
    Recogniser.Frame frame = recogniser.frame(state);
    FrameTokens tokens = tokens(frame);
    long[] allowed = tokens.allowed().toBits();
    if (frame.around() != CallStack.EMPTY) {
      tokens.ends().addAllowed(recogniser.behind(frame.around()), walk, allowed);
    }
    return allowed;
  }

  private FrameTokens tokens(Recogniser.Frame frame) {
    FrameTokens.Cache frames =
        frame.key().isWithin(automaton.sharedStates()) ? sharedFrames : ownFrames;
    return frames
        .find(frame.key())
        .orElseGet(
            () -> {
              FrameTokens tokens =
                  limitedString(frame.key())
                      .map(limits -> strings().within(limits))
                      .orElseGet(() -> trie.ofFrame(frame.state(), walk));
              frames.keep(frame.key(), tokens);
              return tokens;
            });
  }

  /** Where the places are between two characters of a JSON string with a length. */
  private Optional<LimitedString> limitedString(PlacesKey key) {
    OptionalInt returnState = key.firstReturn();
    return returnState.isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(automaton.limitedStrings().get(returnState.getAsInt()))
            .filter(place -> recogniser.frame(recogniser.at(place.state())).key().equals(key));
  }

  private StringTokens strings() {
    return sharedFrames.strings(
        () -> StringTokens.of(trie, recogniser.at(automaton.stringRest().orElseThrow()), walk));
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
