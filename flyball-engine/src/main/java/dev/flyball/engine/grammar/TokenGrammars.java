package dev.flyball.engine.grammar;

import dev.flyball.engine.tokenizer.Tokenizer;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The grammars of one vocabulary. What was computed for a grammar serves all requests that come
 * with an equal one, while it is among the last {@link #MAX_GRAMMARS}. The tree of the vocabulary
 * is made for the first grammar. Thread-safe.
 */
public final class TokenGrammars {
  static final int MAX_GRAMMARS = 16;

  private static final long MAX_SHARED_BYTES = 16L << 20;

  private final Tokenizer tokenizer;
  private final int vocabularySize;
  private final LinkedHashMap<Grammar, VocabularyGrammar> recent =
      new LinkedHashMap<>(MAX_GRAMMARS, 0.75f, true);
  private final FrameTokens.Cache sharedFrames = new FrameTokens.Cache(MAX_SHARED_BYTES);
  private volatile boolean sharedPrepared;
  private Optional<TokenTrie> trie = Optional.empty();
  private Optional<int[]> endTokens = Optional.empty();

  /**
   * No grammar yet.
   *
   * @param vocabularySize tokens that a row of logits has, at most those of the tokenizer
   */
  public TokenGrammars(Tokenizer tokenizer, int vocabularySize) {
    this.tokenizer = tokenizer;
    this.vocabularySize = vocabularySize;
  }

  /**
   * A matcher at the start of a text. The first one makes the tree of the vocabulary, which takes a
   * second or so.
   */
  public GrammarMatcher start(Grammar grammar) {
    return new GrammarMatcher(find(grammar), tokenizer);
  }

  /**
   * Makes ready what texts of a grammar will need, so that following them does not wait for it.
   * Takes tens of milliseconds the first time, and next to nothing later.
   */
  public void prepare(Grammar grammar) {
    if (!sharedPrepared) {
      find(Grammar.json()).prepare(true);
      sharedPrepared = true;
    }
    find(grammar).prepare(false);
  }

  private synchronized VocabularyGrammar find(Grammar grammar) {
    VocabularyGrammar known = recent.get(grammar);
    if (known == null) {
      known = new VocabularyGrammar(grammar.automaton(), trie(), endTokens(), sharedFrames);
      recent.put(grammar, known);
      if (recent.size() > MAX_GRAMMARS) {
        recent.pollFirstEntry();
      }
    }
    return known;
  }

  private TokenTrie trie() {
    TokenTrie made = trie.orElseGet(() -> TokenTrie.of(tokenizer, vocabularySize));
    trie = Optional.of(made);
    return made;
  }

  private int[] endTokens() {
    int[] found =
        endTokens.orElseGet(
            () ->
                IntStream.range(0, vocabularySize).filter(tokenizer::isEndOfGeneration).toArray());
    endTokens = Optional.of(found);
    return found;
  }
}
