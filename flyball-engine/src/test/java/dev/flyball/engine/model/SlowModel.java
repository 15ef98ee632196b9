package dev.flyball.engine.model;

import dev.flyball.engine.model.TinyModel.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;

/**
 * A tiny model that is made up while it is computed: a tensor gets random values when the
 * computation first asks for it. All rows of a text at once, in F64, the plainest way.
 */
final class SlowModel {
  static final int VOCABULARY = 50;
  static final int COLUMNS = 24;
  static final int HEADS = 4;
  static final int KV_HEADS = 2;
  static final int HEAD = 8;
  static final int HIDDEN = 20;
  static final double EPSILON = 1e-3;

  /** Values of all heads. */
  static final int QUERIES = HEADS * HEAD;

  static final int KEYS = KV_HEADS * HEAD;

  /** A window that everything is in. */
  static final int ALL = Integer.MAX_VALUE;

  private final Random random;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  SlowModel(long seed) {
    random = new Random(seed);
  }

  /** One layer: its tensors' prefix, its number, the stream before it. */
  interface Layer {
    double[][] apply(String prefix, int index, double[][] x);
  }

  /** The stream behind some layers. */
  static double[][] stream(int count, double[][] x, Layer layer) {
    double[][] stream = x;
    for (int i = 0; i < count; i++) {
      stream = layer.apply("blk." + i + ".", i, stream);
    }
    return stream;
  }

  /** The stream behind some layers, RMS-normed. */
  double[][] layers(int count, double[][] x, Layer layer) {
    return rms("output_norm", stream(count, x, layer));
  }

  Map<String, Tensor> tensors() {
    return tensors;
  }

  /**
   * A tensor, its values about {@code centre}.
   *
   * @param shape in GGUF's order of lengths
   */
  float[] tensor(String name, double centre, double spread, int... shape) {
    Tensor tensor =
        tensors.computeIfAbsent(
            name,
            _ -> {
              float[] values = new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
              for (int i = 0; i < values.length; i++) {
                values[i] = (float) (centre + spread * random.nextGaussian());
              }
              return new Tensor(Arrays.stream(shape).mapToObj(n -> (long) n).toList(), values);
            });
    return Objects.requireNonNull(tensor).values();
  }

  double[][] embed(int[] ids) {
    float[] table = tensor("token_embd.weight", 0, 1, COLUMNS, VOCABULARY);
    double[][] x = new double[ids.length][COLUMNS];
    for (int t = 0; t < ids.length; t++) {
      for (int i = 0; i < COLUMNS; i++) {
        x[t][i] = table[ids[t] * COLUMNS + i];
      }
    }
    return x;
  }

  /** The last row's products with the embedding. */
  double[] logits(double[][] x) {
    float[] table = tensor("token_embd.weight", 0, 1, COLUMNS, VOCABULARY);
    return times(table, x[x.length - 1], new double[VOCABULARY]);
  }

  /** Values about 2. */
  float[] vector(String name, int length) {
    return tensor(name, 2, 0.5, length);
  }

  double[][] linear(String name, double[][] x, int rows) {
    float[] weight = tensor(name + ".weight", 0, 1.5 / Math.sqrt(x[0].length), x[0].length, rows);
    return each(x, row -> times(weight, row, new double[rows]));
  }

  double[][] biased(String name, double[][] x, int rows) {
    float[] bias = tensor(name + ".bias", 0, 0.5, rows);
    return each(linear(name, x, rows), row -> plus(row, bias));
  }

  double[][] rms(String name, double[][] x) {
    return rmsOf(name + ".weight", x);
  }

  /** Each head of eight values for itself. */
  double[][] headRms(String name, double[][] x) {
    float[] weight = tensor(name + ".weight", 1, 0.4, HEAD);
    return each(
        x,
        row -> {
          double[] out = new double[row.length];
          for (int from = 0; from < row.length; from += HEAD) {
            System.arraycopy(rms(row, from, weight), 0, out, from, HEAD);
          }
          return out;
        });
  }

  /** With a norm whose tensor has this name. */
  double[][] rmsOf(String tensor, double[][] x) {
    float[] weight = tensor(tensor, 1, 0.4, x[0].length);
    return each(x, row -> rms(row, 0, weight));
  }

  private static double[] rms(double[] x, int from, float[] weight) {
    double squares = 0;
    for (int i = 0; i < weight.length; i++) {
      squares += x[from + i] * x[from + i];
    }
    double[] out = new double[weight.length];
    for (int i = 0; i < weight.length; i++) {
      out[i] = x[from + i] / Math.sqrt(squares / weight.length + EPSILON) * weight[i];
    }
    return out;
  }

  static double[][] layerNorm(double[][] x) {
    return each(
        x,
        row -> {
          double mean = Arrays.stream(row).average().orElseThrow();
          double variance =
              Arrays.stream(row).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
          return Arrays.stream(row).map(v -> (v - mean) / Math.sqrt(variance + EPSILON)).toArray();
        });
  }

  double[][] layerNorm(String name, double[][] x) {
    float[] weight = tensor(name + ".weight", 1, 0.4, COLUMNS);
    return each(layerNorm(x), row -> timesEach(row, weight));
  }

  double[][] biasedLayerNorm(String name, double[][] x) {
    double[][] normed = layerNorm(name, x);
    float[] bias = tensor(name + ".bias", 0, 0.5, COLUMNS);
    return each(normed, row -> plus(row, bias));
  }

  /** Rotates heads; the pairs are (0, 1) or (0, 4). */
  static double[][] rope(double[][] x, boolean halves, double[] radians, double magnitude) {
    double[][] out = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      out[t] = x[t].clone();
      for (int head = 0; head < x[t].length; head += HEAD) {
        for (int pair = 0; pair < HEAD / 2; pair++) {
          int first = head + (halves ? pair : 2 * pair);
          int second = halves ? first + HEAD / 2 : first + 1;
          double sine = Math.sin(t * radians[pair]) * magnitude;
          double cosine = Math.cos(t * radians[pair]) * magnitude;
          out[t][first] = x[t][first] * cosine - x[t][second] * sine;
          out[t][second] = x[t][first] * sine + x[t][second] * cosine;
        }
      }
    }
    return out;
  }

  static double[][] rope(double[][] x, boolean halves) {
    return rope(x, halves, radians(), 1);
  }

  static double[] radians() {
    double[] radians = new double[HEAD / 2];
    Arrays.setAll(radians, pair -> Math.pow(10_000, -2.0 * pair / HEAD));
    return radians;
  }

  /** Causal attention; tokens as far away as the window are hidden. */
  static double[][] attend(double[][] q, double[][] k, double[][] v, int window) {
    return attend(q, k, v, window, score -> score);
  }

  /** Likewise, with what becomes of scaled scores. */
  static double[][] attend(
      double[][] q, double[][] k, double[][] v, int window, DoubleUnaryOperator rule) {
    double[][] out = new double[q.length][HEADS * HEAD];
    for (int t = 0; t < q.length; t++) {
      for (int head = 0; head < HEADS; head++) {
        int kv = head * KV_HEADS / HEADS * HEAD;
        int first = Math.max(0, t - window + 1);
        double[] weights = new double[t + 1];
        for (int past = first; past <= t; past++) {
          double score = 0;
          for (int d = 0; d < HEAD; d++) {
            score += q[t][head * HEAD + d] * k[past][kv + d];
          }
          weights[past] = Math.exp(rule.applyAsDouble(score / Math.sqrt(HEAD)));
        }
        double sum = Arrays.stream(weights).sum();
        for (int past = first; past <= t; past++) {
          for (int d = 0; d < HEAD; d++) {
            out[t][head * HEAD + d] += weights[past] / sum * v[past][kv + d];
          }
        }
      }
    }
    return out;
  }

  /** Attention of every token to all of them. */
  static double[][] attendBothWays(double[][] q, double[][] k, double[][] v) {
    double[][] out = new double[q.length][HEADS * HEAD];
    for (int t = 0; t < q.length; t++) {
      for (int head = 0; head < HEADS; head++) {
        int kv = head * KV_HEADS / HEADS * HEAD;
        double[] weights = new double[k.length];
        for (int other = 0; other < k.length; other++) {
          for (int d = 0; d < HEAD; d++) {
            weights[other] += q[t][head * HEAD + d] * k[other][kv + d] / Math.sqrt(HEAD);
          }
        }
        double sum = Arrays.stream(weights).map(Math::exp).sum();
        for (int other = 0; other < k.length; other++) {
          for (int d = 0; d < HEAD; d++) {
            out[t][head * HEAD + d] += Math.exp(weights[other]) / sum * v[other][kv + d];
          }
        }
      }
    }
    return out;
  }

  double[][] queries(String layer, double[][] x) {
    return linear(layer + "attn_q", x, QUERIES);
  }

  double[][] keys(String layer, double[][] x) {
    return linear(layer + "attn_k", x, KEYS);
  }

  double[][] values(String layer, double[][] x) {
    return linear(layer + "attn_v", x, KEYS);
  }

  double[][] attentionOutput(String layer, double[][] attended) {
    return linear(layer + "attn_output", attended, COLUMNS);
  }

  /**
   * Attention as most layers have it.
   *
   * @param halves how heads are rotated; nothing: they are not
   */
  double[][] attention(String layer, double[][] x, Optional<Boolean> halves, int window) {
    double[][] q = queries(layer, x);
    double[][] k = keys(layer, x);
    double[][] attended =
        attend(
            halves.map(h -> rope(q, h)).orElse(q),
            halves.map(h -> rope(k, h)).orElse(k),
            values(layer, x),
            window);
    return attentionOutput(layer, attended);
  }

  /** The stream with what a feed forward network behind the norm {@code ffn_norm} adds. */
  double[][] addFed(String layer, double[][] x) {
    return plus(x, swiGlu(layer, rms(layer + "ffn_norm", x)));
  }

  double[][] swiGlu(String layer, double[][] x) {
    double[][] gate = linear(layer + "ffn_gate", x, HIDDEN);
    double[][] up = linear(layer + "ffn_up", x, HIDDEN);
    return linear(layer + "ffn_down", gate(gate, up), COLUMNS);
  }

  /** {@code silu(gate) * up}. */
  static double[][] gate(double[][] gate, double[][] up) {
    double[][] hidden = new double[gate.length][HIDDEN];
    for (int t = 0; t < gate.length; t++) {
      for (int i = 0; i < HIDDEN; i++) {
        hidden[t][i] = gate[t][i] / (1 + Math.exp(-gate[t][i])) * up[t][i];
      }
    }
    return hidden;
  }

  static double[][] each(double[][] x, UnaryOperator<double[]> row) {
    return Arrays.stream(x).map(row).toArray(double[][]::new);
  }

  static double[][] eachValue(double[][] x, DoubleUnaryOperator value) {
    return each(x, row -> Arrays.stream(row).map(value).toArray());
  }

  static double gelu(double x) {
    return x / (1 + Math.exp(-2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * Math.pow(x, 3))));
  }

  static double[][] plus(double[][] x, double[][] y) {
    return sum(List.of(x, y));
  }

  static double[][] sum(List<double[][]> terms) {
    double[][] sum = new double[terms.getFirst().length][COLUMNS];
    for (double[][] term : terms) {
      for (int t = 0; t < sum.length; t++) {
        for (int i = 0; i < COLUMNS; i++) {
          sum[t][i] += term[t][i];
        }
      }
    }
    return sum;
  }

  private static double[] plus(double[] x, float[] y) {
    double[] out = new double[x.length];
    Arrays.setAll(out, i -> x[i] + y[i]);
    return out;
  }

  private static double[] timesEach(double[] x, float[] y) {
    double[] out = new double[x.length];
    Arrays.setAll(out, i -> x[i] * y[i]);
    return out;
  }

  private static double[] times(float[] matrix, double[] x, double[] out) {
    for (int row = 0; row < out.length; row++) {
      for (int i = 0; i < x.length; i++) {
        out[row] += matrix[row * x.length + i] * x[i];
      }
    }
    return out;
  }
}
