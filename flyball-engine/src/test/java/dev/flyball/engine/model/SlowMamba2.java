package dev.flyball.engine.model;

import java.util.Arrays;
import java.util.Map;

/** Mamba-2 by its definition, a {@link SlowModel}'s mixer: all rows of a text, in F64. */
final class SlowMamba2 {
  private static final int HEADS = 4;
  private static final int LENGTH = 6;
  private static final int GROUPS = 2;
  private static final int STATE = 5;
  private static final int TAPS = 4;
  private static final int INNER = HEADS * LENGTH;
  private static final int MIXED = INNER + 2 * GROUPS * STATE;

  /** The hyper-parameters that say so. */
  static final Map<String, Object> KEYS =
      Map.of(
          "ssm.conv_kernel", TAPS,
          "ssm.inner_size", INNER,
          "ssm.state_size", STATE,
          "ssm.time_step_rank", HEADS,
          "ssm.group_count", GROUPS);

  private final SlowModel model;
  private final String prefix;

  /**
   * @param prefix of the tensors' names
   */
  SlowMamba2(SlowModel model, String prefix) {
    this.model = model;
    this.prefix = prefix;
  }

  double[][] apply(double[][] x, boolean normed) {
    double[][] all = model.linear(prefix + "ssm_in", x, INNER + MIXED + HEADS);
    double[][] results = recur(convolve(all), all);
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < INNER; i++) {
        results[t][i] *= silu(all[t][i]);
      }
    }
    return model.linear(
        prefix + "ssm_out", normed ? normGroups(results) : results, SlowModel.COLUMNS);
  }

  private double[][] convolve(double[][] all) {
    float[] weight = model.tensor(prefix + "ssm_conv1d.weight", 0, 0.7, TAPS, MIXED);
    float[] bias = model.tensor(prefix + "ssm_conv1d.bias", 0, 0.5, MIXED);
    double[][] out = new double[all.length][MIXED];
    for (int t = 0; t < all.length; t++) {
      for (int c = 0; c < MIXED; c++) {
        double sum = bias[c];
        for (int back = 0; back < TAPS && back <= t; back++) {
          sum += weight[c * TAPS + TAPS - 1 - back] * all[t - back][INNER + c];
        }
        out[t][c] = silu(sum);
      }
    }
    return out;
  }

  private double[][] recur(double[][] mixed, double[][] all) {
    float[] timeBias = model.tensor(prefix + "ssm_dt.bias", 0, 1, HEADS);
    float[] decay = model.tensor(prefix + "ssm_a", -0.5, 0.1, 1, HEADS);
    float[] direct = model.tensor(prefix + "ssm_d", 1, 0.3, 1, HEADS);
    double[][][] state = new double[HEADS][LENGTH][STATE];
    double[][] out = new double[mixed.length][INNER];
    for (int t = 0; t < mixed.length; t++) {
      for (int h = 0; h < HEADS; h++) {
        double time = Math.log1p(Math.exp(all[t][INNER + MIXED + h] + timeBias[h]));
        int write = INNER + h * GROUPS / HEADS * STATE;
        int read = write + GROUPS * STATE;
        for (int i = 0; i < LENGTH; i++) {
          double x = mixed[t][h * LENGTH + i];
          double sum = direct[h] * x;
          for (int n = 0; n < STATE; n++) {
            state[h][i][n] =
                Math.exp(time * decay[h]) * state[h][i][n] + time * x * mixed[t][write + n];
            sum += state[h][i][n] * mixed[t][read + n];
          }
          out[t][h * LENGTH + i] = sum;
        }
      }
    }
    return out;
  }

  private double[][] normGroups(double[][] x) {
    int length = INNER / GROUPS;
    float[] weight = model.tensor(prefix + "ssm_norm.weight", 1, 0.4, length, GROUPS);
    return SlowModel.each(
        x,
        row -> {
          double[] out = new double[INNER];
          for (int from = 0; from < INNER; from += length) {
            double mean =
                Arrays.stream(row, from, from + length).map(v -> v * v).average().orElseThrow();
            for (int i = from; i < from + length; i++) {
              out[i] = row[i] / Math.sqrt(mean + SlowModel.EPSILON) * weight[i];
            }
          }
          return out;
        });
  }

  private static double silu(double x) {
    return x / (1 + Math.exp(-x));
  }
}
