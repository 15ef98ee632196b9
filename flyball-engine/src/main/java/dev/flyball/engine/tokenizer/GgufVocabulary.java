package dev.flyball.engine.tokenizer;

import dev.flyball.engine.gguf.GgufMetadata;
import dev.flyball.engine.tokenizer.Vocabulary.Merge;
import dev.flyball.engine.tokenizer.Vocabulary.Normalization;
import dev.flyball.engine.tokenizer.Vocabulary.Token;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the {@code tokenizer.ggml.*} keys of a GGUF file into a {@link Vocabulary}.
 *
 * <p>An empty token gets a text that no other has, since some files pad with them. An id of a role
 * that is outside of the vocabulary counts as missing, since some files write -1 for "none".
 */
final class GgufVocabulary {
  private static final String TOKENS = "tokenizer.ggml.tokens";
  private static final String SCORES = "tokenizer.ggml.scores";
  private static final String TYPES = "tokenizer.ggml.token_type";
  private static final String CHARACTER_MAP = "tokenizer.ggml.precompiled_charsmap";
  private static final String MERGES = "tokenizer.ggml.merges";

  /** Spelled as the file format has it. */
  private static final String SEPARATOR = "seperator";

  private static final List<String> ROLES =
      List.of(
          "bos", "eos", "eot", "eom", "unknown", "fim_pre", "fim_suf", "fim_mid", "fim_pad",
          "fim_rep", "fim_sep", "cls", SEPARATOR);

  private final GgufMetadata metadata;

  private GgufVocabulary(GgufMetadata metadata) {
    this.metadata = metadata;
  }

  static Vocabulary read(GgufMetadata metadata) {
    return new GgufVocabulary(metadata).read();
  }

  private Vocabulary read() {
    List<Token> tokens = tokens();
    return new Vocabulary(
        metadata.string("tokenizer.ggml.model"),
        metadata.findString("tokenizer.ggml.pre"),
        tokens,
        merges(),
        roles(tokens.size()),
        metadata.findBoolean("tokenizer.ggml.add_bos_token"),
        metadata.findBoolean("tokenizer.ggml.add_eos_token"),
        metadata.findBoolean("tokenizer.ggml.add_space_prefix"),
        normalization(),
        metadata.findString("general.name").orElse(""),
        metadata.findString("general.architecture").orElse(""));
  }

  private Normalization normalization() {
    int[] numbers = metadata.has(CHARACTER_MAP) ? metadata.integers(CHARACTER_MAP) : new int[0];
    byte[] bytes = new byte[numbers.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) numbers[i];
    }
    return new Normalization(
        metadata.findBoolean("tokenizer.ggml.remove_extra_whitespaces").orElse(false),
        metadata.findBoolean("tokenizer.ggml.treat_whitespace_as_suffix").orElse(false),
        bytes);
  }

  private List<Token> tokens() {
    List<String> texts = metadata.strings(TOKENS);
    if (texts.isEmpty()) {
      throw metadata.invalid(TOKENS, "the vocabulary has no tokens");
    }
    float[] scores = metadata.has(SCORES) ? metadata.numbers(SCORES) : new float[texts.size()];
    requireLength(SCORES, scores.length, texts.size());
    int[] types = metadata.has(TYPES) ? metadata.integers(TYPES) : new int[0];
    if (metadata.has(TYPES)) {
      requireLength(TYPES, types.length, texts.size());
    }
    Set<String> seen = HashSet.newHashSet(texts.size());
    List<Token> tokens = new ArrayList<>(texts.size());
    for (int id = 0; id < texts.size(); id++) {
      String text = texts.get(id).isEmpty() ? "[EMPTY_" + id + "]" : texts.get(id);
      if (!seen.add(text)) {
        throw metadata.invalid(TOKENS, "token " + id + " is there twice: \"" + text + "\"");
      }
      if (Float.isNaN(scores[id])) {
        throw metadata.invalid(SCORES, "the score of token " + id + " is not a number");
      }
      TokenType type = types.length == 0 ? TokenType.NORMAL : TokenType.ofNumber(types[id]);
      tokens.add(new Token(text, scores[id], type));
    }
    return tokens;
  }

  private void requireLength(String key, int length, int tokens) {
    if (length < tokens) {
      throw metadata.invalid(key, length + " elements for " + tokens + " tokens");
    }
  }

  private List<Merge> merges() {
    if (!metadata.has(MERGES)) {
      return List.of();
    }
    List<String> lines = metadata.strings(MERGES);
    List<Merge> merges = new ArrayList<>(lines.size());
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      // A piece may itself begin with a space, so the separator is the first one behind it.
      int separator = line.indexOf(' ', 1);
      if (separator < 0 || separator + 1 == line.length()) {
        throw metadata.invalid(
            MERGES, "merge " + i + " is not two pieces with a space between: \"" + line + "\"");
      }
      merges.add(new Merge(line.substring(0, separator), line.substring(separator + 1)));
    }
    return merges;
  }

  private Map<String, Integer> roles(int tokens) {
    Map<String, Integer> roles = new HashMap<>();
    for (String role : ROLES) {
      long id = metadata.findInteger("tokenizer.ggml." + role + "_token_id").orElse(-1);
      if (id >= 0 && id < tokens) {
        roles.put(role, (int) id);
      }
    }
    if (roles.containsKey(SEPARATOR)
        && metadata.findBoolean("tokenizer.ggml.add_sep_token").orElse(false)) {
      roles.put(Vocabulary.BETWEEN, roles.get(SEPARATOR));
    }
    return roles;
  }
}
