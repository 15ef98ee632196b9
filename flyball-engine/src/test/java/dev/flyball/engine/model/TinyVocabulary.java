package dev.flyball.engine.model;

import dev.flyball.engine.gguf.GgufValueType;
import dev.flyball.engine.gguf.GgufWriter;
import java.util.ArrayList;
import java.util.List;

/** The vocabulary of generated models: all bytes, a few pairs of letters, four control tokens. */
final class TinyVocabulary {
  /** Number of tokens. */
  static final int SIZE = 288;

  private static final int PAIRS = 28;
  private static final int NORMAL = 1;
  private static final int CONTROL = 3;
  private static final List<String> CONTROLS =
      List.of("<|endoftext|>", "<|user|>", "<|assistant|>", "<|end|>");

  private TinyVocabulary() {}

  /** Writes the keys {@code tokenizer.ggml.*}. */
  static GgufWriter addTo(GgufWriter writer) {
    List<String> tokens = bytes();
    List<String> merges = new ArrayList<>();
    for (int i = 0; i < PAIRS; i++) {
      String first = String.valueOf((char) ('a' + i % 7));
      String second = String.valueOf((char) ('r' + i / 7));
      merges.add(first + " " + second);
      tokens.add(first + second);
    }
    tokens.addAll(CONTROLS);
    long[] types = new long[SIZE];
    for (int i = 0; i < SIZE; i++) {
      types[i] = i < SIZE - CONTROLS.size() ? NORMAL : CONTROL;
    }
    int firstControl = SIZE - CONTROLS.size();
    return writer
        .putString("tokenizer.ggml.model", "gpt2")
        .putString("tokenizer.ggml.pre", "gpt-2")
        .putStrings("tokenizer.ggml.tokens", tokens)
        .putStrings("tokenizer.ggml.merges", merges)
        .putIntegers("tokenizer.ggml.token_type", GgufValueType.INT32, types)
        .putInteger("tokenizer.ggml.bos_token_id", GgufValueType.UINT32, firstControl)
        .putInteger("tokenizer.ggml.eos_token_id", GgufValueType.UINT32, firstControl)
        .putInteger("tokenizer.ggml.eot_token_id", GgufValueType.UINT32, SIZE - 1)
        .putInteger("tokenizer.ggml.token_type_count", GgufValueType.UINT32, 2)
        .putBoolean("tokenizer.ggml.add_bos_token", false);
  }

  /** Every byte as the character that GPT-2 writes for it, the printable ones themselves. */
  private static List<String> bytes() {
    List<String> tokens = new ArrayList<>();
    int replaced = 256;
    for (int b = 0; b < 256; b++) {
      boolean printable = (b > ' ' && b < 0x7f) || (b >= 0xa1 && b <= 0xff && b != 0xad);
      tokens.add(String.valueOf((char) (printable ? b : replaced++)));
    }
    return tokens;
  }
}
