package dev.flyball.engine.model;

import dev.flyball.engine.cache.CacheType;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The llama forward pass once more, as simply as it can be said: double precision, one token at a
 * time, all keys and values kept, nothing shared with what it tests.
 */
final class ReferenceLlama {
  private final TinyLlama model;
  private final int columns;
  private final int heads;
  private final int kvHeads;
  private final int keyLength;
  private final int valueLength;
  private final int layers;
  private final int hidden;

  /** [layer][position] */
  private final double[][][] keys;

  private final double[][][] values;

  private final CacheType cacheType;

  private ReferenceLlama(TinyLlama model, int tokens, CacheType cacheType) {
    this.model = model;
    this.cacheType = cacheType;
    columns = model.integer("embedding_length", 0);
    heads = model.integer("attention.head_count", 0);
    kvHeads = model.integer("attention.head_count_kv", heads);
    keyLength = model.integer("attention.key_length", 0);
    valueLength = model.integer("attention.value_length", 0);
    layers = model.integer("block_count", 0);
    hidden = model.integer("feed_forward_length", 0);
    keys = new double[layers][tokens][];
    values = new double[layers][tokens][];
  }

  /** The logits of the last position. */
  static double[] logits(TinyLlama model, int[] ids) {
    return logits(model, ids, CacheType.AUTOMATIC);
  }

  /**
   * The logits of the last position.
   *
   * @param cacheType what keys and values are rounded to; AUTOMATIC: not at all
   */
  static double[] logits(TinyLlama model, int[] ids, CacheType cacheType) {
    ReferenceLlama reference = new ReferenceLlama(model, ids.length, cacheType);
    double[] x = new double[0];
    for (int position = 0; position < ids.length; position++) {
      x = reference.forward(ids[position], position);
    }
    String output =
        model.tensors.containsKey("output.weight") ? "output.weight" : "token_embd.weight";
    return times(model.tensor(output), 0, reference.norm(x, "output_norm.weight"), 50);
  }

  private double[] forward(int id, int position) {
    double[] x = new double[columns];
    for (int i = 0; i < columns; i++) {
      x[i] = model.tensor("token_embd.weight")[id * columns + i];
    }
    for (int layer = 0; layer < layers; layer++) {
      String prefix = "blk." + layer + ".";
      x = plus(x, attention(norm(x, prefix + "attn_norm.weight"), layer, position));
      double[] normed = norm(x, prefix + "ffn_norm.weight");
      x =
          plus(
              x,
              model.integer("expert_count", 0) == 0 ? dense(normed, prefix) : moe(normed, prefix));
    }
    return x;
  }

  private double[] attention(double[] x, int layer, int position) {
    String prefix = "blk." + layer + ".attn_";
    double[] query = linear(prefix + "q", x, heads * keyLength);
    keys[layer][position] = linear(prefix + "k", x, kvHeads * keyLength);
    values[layer][position] = linear(prefix + "v", x, kvHeads * valueLength);
    rotate(query, heads, position);
    rotate(keys[layer][position], kvHeads, position);
    round(keys[layer][position], keyLength, keyType());
    round(values[layer][position], valueLength, valueType());
    double[] attended = new double[heads * valueLength];
    for (int head = 0; head < heads; head++) {
      attendHead(query, layer, position, head, attended);
    }
    return linear(prefix + "output", attended, columns);
  }

  private CacheType keyType() {
    return cacheType == CacheType.Q8_0_Q4_0 ? CacheType.Q8_0 : cacheType;
  }

  private CacheType valueType() {
    return cacheType == CacheType.Q8_0_Q4_0 ? CacheType.Q4_0 : cacheType;
  }

  private static void round(double[] x, int headLength, CacheType type) {
    switch (type) {
      case AUTOMATIC -> {}
      case F32 -> Arrays.setAll(x, i -> (float) x[i]);
      case F16 -> Arrays.setAll(x, i -> Float.float16ToFloat(Float.floatToFloat16((float) x[i])));
      case Q8_0, Q8_0_Q4_0, Q4_0 -> {
        for (int head = 0; head < x.length; head += headLength) {
          for (int d = 0; d < headLength; d += 32) {
            roundGroup(x, head + d, head + Math.min(headLength, d + 32), type);
          }
        }
      }
    }
  }

  private static void roundGroup(double[] x, int from, int end, CacheType type) {
    if (type == CacheType.Q8_0) {
      roundToBytes(x, from, end);
    } else {
      roundToFourBits(x, from, end);
    }
  }

  /** To -8 to 7 times a half, which the number of largest magnitude decides. */
  private static void roundToFourBits(double[] x, int from, int end) {
    double largest =
        Arrays.stream(x, from, end)
            .boxed()
            .max(Comparator.comparingDouble(Math::abs))
            .orElseThrow();
    double scale = largest / -8;
    double stored = Float.float16ToFloat(Float.floatToFloat16((float) scale));
    for (int i = from; i < end; i++) {
      x[i] = scale == 0 ? 0 : Math.min(7, Math.floor(x[i] / scale + 0.5)) * stored;
    }
  }

  private static void roundToBytes(double[] x, int from, int end) {
    double scale = Arrays.stream(x, from, end).map(Math::abs).max().orElseThrow() / 127;
    for (int i = from; i < end; i++) {
      x[i] = scale == 0 ? 0 : Math.rint(x[i] / scale) * scale;
    }
  }

  private void attendHead(double[] query, int layer, int position, int head, double[] out) {
    int kvHead = head * kvHeads / heads;
    int window = model.integer("attention.sliding_window", 0);
    double[] weights = new double[position + 1];
    double sum = 0;
    for (int past = 0; past <= position; past++) {
      if (window > 0 && position - past >= window) {
        continue;
      }
      double score = 0;
      for (int d = 0; d < keyLength; d++) {
        score += query[head * keyLength + d] * keys[layer][past][kvHead * keyLength + d];
      }
      weights[past] = Math.exp(score / Math.sqrt(keyLength));
      sum += weights[past];
    }
    for (int past = 0; past <= position; past++) {
      for (int d = 0; d < valueLength; d++) {
        out[head * valueLength + d] +=
            weights[past] / sum * values[layer][past][kvHead * valueLength + d];
      }
    }
  }

  /** The order of ggml_rope_ext and of llama.cpp's context, the cancelled factor included. */
  private void rotate(double[] x, int count, int position) {
    int dimensions = model.integer("rope.dimension_count", keyLength);
    double base = model.number("rope.freq_base", 10000);
    String type = (String) model.keys.getOrDefault("rope.scaling.type", "linear");
    double factor = type.equals("none") ? 1 : model.number("rope.scaling.factor", 1);
    boolean isYarn = type.equals("yarn");
    double extrapolation = isYarn ? model.number("rope.scaling.yarn_ext_factor", 1) : 0;
    double attention = model.number("rope.scaling.attn_factor", 1);
    if (isYarn) {
      attention *= (factor <= 1 ? 1 : 0.1 * Math.log(factor) + 1) / (1 + 0.1 * Math.log(factor));
    }
    for (int pair = 0; pair < dimensions / 2; pair++) {
      double divisor =
          model.tensors.containsKey("rope_freqs.weight")
              ? model.tensor("rope_freqs.weight")[pair]
              : 1;
      double extrapolated = position * Math.pow(base, -2.0 * pair / dimensions) / divisor;
      double theta = extrapolated / factor;
      double magnitude = attention;
      if (isYarn) {
        double mix = ramp(pair, dimensions, base) * extrapolation;
        theta = theta * (1 - mix) + extrapolated * mix;
        magnitude *= 1 + 0.1 * Math.log(factor);
      }
      for (int head = 0; head < count; head++) {
        int i = head * keyLength + 2 * pair;
        double a = x[i];
        double b = x[i + 1];
        x[i] = (a * Math.cos(theta) - b * Math.sin(theta)) * magnitude;
        x[i + 1] = (a * Math.sin(theta) + b * Math.cos(theta)) * magnitude;
      }
    }
  }

  private double ramp(int pair, int dimensions, double base) {
    int context =
        model.integer("rope.scaling.original_context_length", model.integer("context_length", 0));
    double low =
        Math.floor(
            dimension(model.number("rope.scaling.yarn_beta_fast", 32), dimensions, base, context));
    double high =
        Math.ceil(
            dimension(model.number("rope.scaling.yarn_beta_slow", 1), dimensions, base, context));
    low = Math.max(0, low);
    high = Math.min(dimensions - 1, high);
    return 1 - Math.min(1, Math.max(0, (pair - low) / Math.max(0.001, high - low)));
  }

  private static double dimension(double turns, int dimensions, double base, int context) {
    return dimensions * Math.log(context / (turns * 2 * Math.PI)) / (2 * Math.log(base));
  }

  private double[] dense(double[] x, String prefix) {
    double[] gate = linear(prefix + "ffn_gate", x, hidden);
    double[] up = linear(prefix + "ffn_up", x, hidden);
    return linear(prefix + "ffn_down", gated(gate, up), columns);
  }

  private double[] moe(double[] x, String prefix) {
    int experts = model.integer("expert_count", 0);
    double[] scores = times(model.tensor(prefix + "ffn_gate_inp.weight"), 0, x, experts);
    int[] chosen =
        IntStream.range(0, experts)
            .boxed()
            .sorted(Comparator.comparingDouble(e -> -scores[e]))
            .limit(model.integer("expert_used_count", 0))
            .mapToInt(e -> e)
            .toArray();
    double sum = Arrays.stream(chosen).mapToDouble(e -> Math.exp(scores[e])).sum();
    double[] out = new double[columns];
    for (int expert : chosen) {
      double[] gate = expert(prefix + "ffn_gate", expert, x, hidden);
      double[] up = expert(prefix + "ffn_up", expert, x, hidden);
      double[] down = expert(prefix + "ffn_down", expert, gated(gate, up), columns);
      for (int i = 0; i < columns; i++) {
        out[i] += Math.exp(scores[expert]) / sum * down[i];
      }
    }
    return out;
  }

  private double[] expert(String name, int expert, double[] x, int rows) {
    return model.tensors.containsKey(name + "_exps.weight")
        ? times(model.tensor(name + "_exps.weight"), expert * rows * x.length, x, rows)
        : times(model.tensor(name + "." + expert + ".weight"), 0, x, rows);
  }

  private static double[] gated(double[] gate, double[] up) {
    double[] out = new double[gate.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = gate[i] / (1 + Math.exp(-gate[i])) * up[i];
    }
    return out;
  }

  private double[] norm(double[] x, String weight) {
    double meanSquare = Arrays.stream(x).map(v -> v * v).average().orElseThrow();
    double scale = 1 / Math.sqrt(meanSquare + model.number("attention.layer_norm_rms_epsilon", 0));
    double[] out = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      out[i] = x[i] * scale * model.tensor(weight)[i];
    }
    return out;
  }

  private double[] linear(String name, double[] x, int rows) {
    double[] out = times(model.tensor(name + ".weight"), 0, x, rows);
    if (model.tensors.containsKey(name + ".bias")) {
      for (int row = 0; row < rows; row++) {
        out[row] += model.tensor(name + ".bias")[row];
      }
    }
    return out;
  }

  private static double[] times(float[] matrix, int offset, double[] x, int rows) {
    double[] out = new double[rows];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < x.length; i++) {
        out[row] += matrix[offset + row * x.length + i] * x[i];
      }
    }
    return out;
  }

  private static double[] plus(double[] a, double[] b) {
    double[] out = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      out[i] = a[i] + b[i];
    }
    return out;
  }
}
