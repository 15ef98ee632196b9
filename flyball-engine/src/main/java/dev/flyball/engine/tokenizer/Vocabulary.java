package dev.flyball.engine.tokenizer;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a model file says about its tokenizer, checked for consistency but not yet interpreted.
 *
 * @param model the algorithm, {@code tokenizer.ggml.model}: {@code gpt2}, {@code llama}, ...
 * @param pre the name of the pre-tokenizer, {@code tokenizer.ggml.pre}
 * @param tokens the tokens, by id
 * @param merges the merges of byte-pair encoding, best first
 * @param roles ids by role ({@code bos}, {@code eos}, {@code eot}, ...); all are ids of tokens
 * @param addBos whether a text begins with BOS, where the file says so
 * @param addEos whether a text ends with EOS, where the file says so
 * @param addSpacePrefix whether a text gets a space in front, where the file says so
 * @param normalization what a unigram model makes of texts first
 * @param modelName {@code general.name}, or the empty string
 * @param architecture {@code general.architecture}, or the empty string
 */
record Vocabulary(
    String model,
    Optional<String> pre,
    List<Token> tokens,
    List<Merge> merges,
    Map<String, Integer> roles,
    Optional<Boolean> addBos,
    Optional<Boolean> addEos,
    Optional<Boolean> addSpacePrefix,
    Normalization normalization,
    String modelName,
    String architecture) {

  /** The role of what stands between two texts, besides the end of the first. */
  static final String BETWEEN = "between";

  /**
   * What is made of a text before a unigram model cuts it.
   *
   * @param mergeSpaces whether spaces in a row are one, and those at the ends none
   * @param spaceBehind whether a space added stands behind the text, not before it
   * @param characterMap {@code tokenizer.ggml.precompiled_charsmap}; of length 0: none
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared; written once
  record Normalization(boolean mergeSpaces, boolean spaceBehind, byte[] characterMap) {
    static final Normalization NONE = new Normalization(false, false, new byte[0]);
  }

  /** Of a model that takes texts as they are. */
  Vocabulary(
      String model,
      Optional<String> pre,
      List<Token> tokens,
      List<Merge> merges,
      Map<String, Integer> roles,
      Optional<Boolean> addBos,
      Optional<Boolean> addEos,
      Optional<Boolean> addSpacePrefix,
      String modelName,
      String architecture) {
    this(
        model,
        pre,
        tokens,
        merges,
        roles,
        addBos,
        addEos,
        addSpacePrefix,
        Normalization.NONE,
        modelName,
        architecture);
  }

  /** A token as the file spells it. */
  record Token(String text, float score, TokenType type) {
    Token withType(TokenType newType) {
      return new Token(text, score, newType);
    }
  }

  /** Two neighbouring pieces that become one. */
  record Merge(String left, String right) {}

  Vocabulary {
    tokens = List.copyOf(tokens);
    merges = List.copyOf(merges);
    roles = Map.copyOf(roles);
  }

  int size() {
    return tokens.size();
  }

  OptionalInt role(String name) {
    Integer id = roles.get(name);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }
}
