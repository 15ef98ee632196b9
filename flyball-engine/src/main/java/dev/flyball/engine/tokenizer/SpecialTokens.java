package dev.flyball.engine.tokenizer;

import dev.flyball.engine.tokenizer.SpecialTokenSplitter.SpecialToken;
import dev.flyball.engine.tokenizer.SpecialTokenSplitter.Strip;
import dev.flyball.engine.tokenizer.Vocabulary.Token;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which tokens are more than text: the ones that end a generation, and the types that the file
 * should have given.
 *
 * <p>Files do not name all tokens that end a turn, and mark some as ordinary text, so they are
 * known by their texts too. The lists and exceptions are llama.cpp's. Immutable once built.
 */
final class SpecialTokens {
  private static final Set<String> END_TEXTS =
      Set.of(
          "<|eot_id|>",
          "<|im_end|>",
          "<|end|>",
          "<|return|>",
          "<|call|>",
          "<|flush|>",
          "<|calls|>",
          "<end_of_turn>",
          "<|endoftext|>",
          "</s>",
          "<|eom_id|>",
          "<EOT>",
          "_<EOT>",
          "[EOT]",
          "[EOS]",
          "<|end_of_text|>",
          "<end_of_utterance>",
          "<eos>",
          "<turn|>",
          "<|tool_response>",
          "<\uFF5Cend\u2581of\u2581sentence\uFF5C>",
          "[e~[");

  /** Texts of the tokens of fill-in-the-middle, by role; those of the last three roles end it. */
  private static final Map<String, List<String>> MIDDLE_TEXTS =
      Map.of(
          "fim_pre",
          List.of(
              "<|fim_prefix|>",
              "<fim-prefix>",
              "<fim_prefix>",
              "<\uFF5Cfim\u2581begin\uFF5C>",
              "<PRE>",
              "\u2581<PRE>",
              "<|code_prefix|>",
              "<|prefix|>"),
          "fim_suf",
          List.of(
              "<|fim_suffix|>",
              "<fim-suffix>",
              "<fim_suffix>",
              "<\uFF5Cfim\u2581hole\uFF5C>",
              "<SUF>",
              "\u2581<SUF>",
              "<|code_suffix|>",
              "<|suffix|>"),
          "fim_mid",
          List.of(
              "<|fim_middle|>",
              "<fim-middle>",
              "<fim_middle>",
              "<\uFF5Cfim\u2581end\uFF5C>",
              "<MID>",
              "\u2581<MID>",
              "<|code_middle|>",
              "<|middle|>"),
          "fim_pad",
          List.of("<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "[PAD]"),
          "fim_rep",
          List.of("<|fim_repo|>", "<|repo_name|>", "<fim-repo>", "<REPO>", "<reponame>"),
          "fim_sep",
          List.of("<|file_sep|>"));

  private static final List<String> ENDING_ROLES =
      List.of("fim_pad", "fim_rep", "fim_sep", "eos", "eot", "eom");

  /** Tokens of gpt-oss whose text an answer's parts are told apart by: always shown. */
  private static final List<String> CHANNEL_TEXTS =
      List.of("<|channel|>", "<|message|>", "<|start|>", "<|constrain|>");

  private final List<Token> tokens;
  private final Map<String, Integer> ids = new HashMap<>();
  private final BitSet ends = new BitSet();

  SpecialTokens(Vocabulary vocabulary, OptionalInt eos) {
    tokens = new ArrayList<>(vocabulary.tokens());
    for (int id = 0; id < tokens.size(); id++) {
      ids.put(tokens.get(id).text(), id);
    }
    Map<String, Integer> roles = new HashMap<>(vocabulary.roles());
    eos.ifPresent(id -> roles.put("eos", id));
    addMiddleRoles(roles);
    for (String role : ENDING_ROLES) {
      if (roles.containsKey(role)) {
        ends.set(roles.get(role));
      }
    }
    for (String text : END_TEXTS) {
      setType(text, TokenType.CONTROL).ifPresent(ends::set);
    }
    for (String text : CHANNEL_TEXTS) {
      setType(text, TokenType.USER_DEFINED);
    }
    applyExceptions();
  }

  private void addMiddleRoles(Map<String, Integer> roles) {
    MIDDLE_TEXTS.forEach(
        (role, texts) -> {
          if (!roles.containsKey(role)) {
            texts.stream()
                .filter(ids::containsKey)
                .findFirst()
                .ifPresent(
                    text -> {
                      setType(text, TokenType.CONTROL);
                      roles.put(role, ids.get(text));
                    });
          }
        });
  }

  /**
   * Where other tokens end a generation, {@code <|end|>} ends a part of it and {@code </s>} is
   * text.
   */
  private void applyExceptions() {
    boolean hasHarmonyEnds = endsAt("<|return|>") && endsAt("<|call|>");
    boolean hasSolarEnds = endsAt("<|flush|>") && (endsAt("<|call|>") || endsAt("<|calls|>"));
    boolean hasReturnAndCalls = endsAt("<|return|>") && endsAt("<|calls|>");
    if (hasHarmonyEnds || hasSolarEnds || hasReturnAndCalls) {
      setType("<|end|>", TokenType.USER_DEFINED).ifPresent(ends::clear);
    }
    if (endsAt("<|tool_response>")) {
      setType("</s>", TokenType.NORMAL).ifPresent(ends::clear);
    }
  }

  private boolean endsAt(String text) {
    return ids.containsKey(text) && ends.get(ids.get(text));
  }

  private OptionalInt setType(String text, TokenType type) {
    if (!ids.containsKey(text)) {
      return OptionalInt.empty();
    }
    int id = ids.get(text);
    tokens.set(id, tokens.get(id).withType(type));
    return OptionalInt.of(id);
  }

  /** The tokens of the vocabulary with their types set right. */
  List<Token> tokens() {
    return List.copyOf(tokens);
  }

  /** The ids that end a generation; a new set. */
  BitSet ends() {
    return (BitSet) ends.clone();
  }

  /**
   * The tokens that are found in a text before anything else: user-defined ones.
   *
   * @param withControl control tokens and the unknown token too
   */
  List<SpecialToken> inText(Vocabulary vocabulary, boolean withControl) {
    Predicate<Token> isRightStripped = rightStripped(vocabulary);
    Predicate<Token> isLeftStripped = leftStripped(vocabulary);
    List<SpecialToken> found = new ArrayList<>();
    for (int id = 0; id < tokens.size(); id++) {
      Token token = tokens.get(id);
      if (token.type() == TokenType.USER_DEFINED || (withControl && token.type().isSpecial())) {
        Strip strip =
            isRightStripped.test(token)
                ? Strip.RIGHT
                : isLeftStripped.test(token) ? Strip.LEFT : Strip.NONE;
        found.add(SpecialToken.of(id, token.text(), strip));
      }
    }
    return found;
  }

  /** Phi-3's tokenizer drops white space behind its special tokens; only the name tells. */
  private static Predicate<Token> rightStripped(Vocabulary vocabulary) {
    String name = vocabulary.modelName().toLowerCase(Locale.ROOT);
    boolean isPhi3 = name.contains("phi-3") || name.contains("phi3");
    Set<String> kept = Set.of("<unk>", "<s>", "<|endoftext|>");
    return token -> isPhi3 && !kept.contains(token.text());
  }

  /** The mask tokens of some embedding models drop white space before them. */
  private static Predicate<Token> leftStripped(Vocabulary vocabulary) {
    String pre = vocabulary.pre().orElse("");
    String architecture = vocabulary.architecture();
    boolean hasMask =
        pre.contains("jina-v2-de")
            || pre.contains("jina-v2-es")
            || pre.contains("jina-v2-code")
            || architecture.contains("nomic-bert-moe")
            || architecture.contains("jina-bert-v3");
    boolean isModernBert = vocabulary.modelName().toLowerCase(Locale.ROOT).contains("modern-bert");
    return token ->
        (hasMask && token.text().equals("<mask>"))
            || (isModernBert && token.text().equals("[MASK]"));
  }
}
