package dev.flyball.server.support;

import dev.flyball.engine.gguf.GgufValueType;
import dev.flyball.engine.gguf.GgufWriter;
import dev.flyball.kernels.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Writes BERT models with random weights and a vocabulary of letters and a few words. */
public final class TinyEncoder {
  public static final int COLUMNS = 32;
  public static final int CONTEXT = 64;

  private static final int LAYERS = 2;
  private static final int HIDDEN = 48;
  private static final long SEED = 5;
  private static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");

  private final Random random = new Random(SEED);
  private final GgufWriter writer = new GgufWriter();

  private TinyEncoder() {}

  /** One that embeds, by the mean of all tokens. */
  public static Path embedder(Path file) {
    TinyEncoder encoder = new TinyEncoder();
    encoder.writer.putInteger("bert.pooling_type", GgufValueType.UINT32, 1);
    return encoder.write(file);
  }

  /** One that ranks. */
  public static Path reranker(Path file) {
    TinyEncoder encoder = new TinyEncoder();
    encoder.linear("cls", COLUMNS, COLUMNS);
    encoder.linear("cls.output", 1, COLUMNS);
    return encoder.write(file);
  }

  private Path write(Path file) {
    writer.putString("general.architecture", "bert").putBoolean("bert.attention.causal", false);
    integer("bert.context_length", CONTEXT);
    integer("bert.embedding_length", COLUMNS);
    integer("bert.block_count", LAYERS);
    integer("bert.feed_forward_length", HIDDEN);
    integer("bert.attention.head_count", 2);
    writer.putNumber("bert.attention.layer_norm_epsilon", GgufValueType.FLOAT32, 1e-12);
    int tokens = putVocabulary();
    tensor("token_embd.weight", 1, COLUMNS, tokens);
    tensor("token_types.weight", 1, COLUMNS, 2);
    tensor("position_embd.weight", 0.3, COLUMNS, CONTEXT);
    norm("token_embd_norm");
    for (int i = 0; i < LAYERS; i++) {
      String layer = "blk." + i + ".";
      for (String name : List.of("attn_q", "attn_k", "attn_v", "attn_output")) {
        linear(layer + name, COLUMNS, COLUMNS);
      }
      norm(layer + "attn_output_norm");
      linear(layer + "ffn_up", HIDDEN, COLUMNS);
      linear(layer + "ffn_down", COLUMNS, HIDDEN);
      norm(layer + "layer_output_norm");
    }
    writer.write(file);
    return file;
  }

  private int putVocabulary() {
    List<String> tokens = new ArrayList<>(SPECIAL);
    for (char letter = 'a'; letter <= 'z'; letter++) {
      tokens.add("▁" + letter);
      tokens.add(String.valueOf(letter));
    }
    tokens.addAll(List.of("▁the", "▁fox", "▁crow", "▁cheese", "▁.", "▁?"));
    long[] types = new long[tokens.size()];
    Arrays.fill(types, 1);
    Arrays.fill(types, 0, SPECIAL.size(), 3);
    writer
        .putString("tokenizer.ggml.model", "bert")
        .putStrings("tokenizer.ggml.tokens", tokens)
        .putIntegers("tokenizer.ggml.token_type", GgufValueType.INT32, types);
    integer("tokenizer.ggml.unknown_token_id", 1);
    integer("tokenizer.ggml.cls_token_id", 2);
    integer("tokenizer.ggml.seperator_token_id", 3);
    return tokens.size();
  }

  private void integer(String key, int value) {
    writer.putInteger(key, GgufValueType.UINT32, value);
  }

  private void linear(String name, int rows, int columns) {
    tensor(name + ".weight", 1.5 / Math.sqrt(columns), columns, rows);
    tensor(name + ".bias", 0.2, rows);
  }

  private void norm(String name) {
    tensor(name + ".weight", 1, COLUMNS);
    tensor(name + ".bias", 0.2, COLUMNS);
  }

  private void tensor(String name, double spread, int... shape) {
    int count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      bytes.putFloat((float) (spread * random.nextGaussian()));
    }
    List<Long> lengths = Arrays.stream(shape).mapToObj(n -> (long) n).toList();
    writer.addTensor(name, TensorType.F32, lengths, bytes.array());
  }
}
