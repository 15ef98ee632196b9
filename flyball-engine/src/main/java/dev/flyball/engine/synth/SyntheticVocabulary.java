package dev.flyball.engine.synth;

import dev.flyball.engine.gguf.GgufValueType;
import dev.flyball.engine.gguf.GgufWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A byte-level BPE vocabulary of any size from 512: the 256 bytes, a space before each letter and
 * pairs of frequent letters as merges, fillers, and four control tokens at the end. Every text can
 * be encoded.
 */
final class SyntheticVocabulary {
  private static final List<String> FREQUENT_LETTERS = List.of("etaoinshrdlu".split(""));
  private static final List<String> LETTERS = List.of("abcdefghijklmnopqrstuvwxyz".split(""));

  /** A space, as byte-level BPE writes it. */
  private static final String SPACE = "\u0120";

  private static final int NORMAL = 1;
  private static final int CONTROL = 3;
  private static final List<String> CONTROLS =
      List.of("<|begin_of_text|>", "<|end_of_text|>", "<|im_start|>", "<|im_end|>");
  private static final String CHAT_TEMPLATE =
      """
      {%- for message in messages -%}
      {{- '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' -}}
      {%- endfor -%}
      {%- if add_generation_prompt -%}
      {{- '<|im_start|>assistant\\n' -}}
      {%- endif -%}
      """;

  private final List<String> tokens = new ArrayList<>();
  private final List<String> merges = new ArrayList<>();

  SyntheticVocabulary(int size) {
    addBytes();
    addMerges();
    int fillers = size - tokens.size() - CONTROLS.size();
    for (int i = 0; i < fillers; i++) {
      tokens.add("<|unused_" + i + "|>");
    }
    tokens.addAll(CONTROLS);
  }

  List<String> tokens() {
    return tokens;
  }

  void putInto(GgufWriter writer) {
    int firstControl = tokens.size() - CONTROLS.size();
    long[] types = new long[tokens.size()];
    Arrays.fill(types, 0, firstControl, NORMAL);
    Arrays.fill(types, firstControl, types.length, CONTROL);
    writer
        .putString("tokenizer.ggml.model", "gpt2")
        .putString("tokenizer.ggml.pre", "llama-bpe")
        .putStrings("tokenizer.ggml.tokens", tokens)
        .putIntegers("tokenizer.ggml.token_type", GgufValueType.INT32, types)
        .putStrings("tokenizer.ggml.merges", merges)
        .putInteger("tokenizer.ggml.bos_token_id", GgufValueType.UINT32, firstControl)
        .putInteger("tokenizer.ggml.eos_token_id", GgufValueType.UINT32, firstControl + 1L)
        .putInteger("tokenizer.ggml.eot_token_id", GgufValueType.UINT32, firstControl + 3L)
        .putBoolean("tokenizer.ggml.add_bos_token", true)
        .putString("tokenizer.chat_template", CHAT_TEMPLATE);
  }

  /**
   * One token for each byte, written as byte-level BPE writes it: printable Latin-1 characters
   * stand for themselves, the other bytes, in order, for the characters from U+0100 on.
   */
  private void addBytes() {
    int replaced = 0;
    for (int b = 0; b < 256; b++) {
      boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
      tokens.add(Character.toString(printable ? b : 0x100 + replaced));
      replaced += printable ? 0 : 1;
    }
  }

  private void addMerges() {
    LETTERS.forEach(letter -> addMerge(SPACE, letter));
    for (String first : FREQUENT_LETTERS) {
      FREQUENT_LETTERS.forEach(second -> addMerge(first, second));
    }
  }

  private void addMerge(String first, String second) {
    merges.add(first + " " + second);
    tokens.add(first + second);
  }
}
