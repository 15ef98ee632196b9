package dev.flyball.engine.model;

import dev.flyball.kernels.SwiGlu;

/** What stands between the matrices of a feed forward network. */
enum Activation {
  /** {@code x / (1 + exp(-x))}, arXiv:1702.03118. */
  SILU {
    @Override
    double of(double x) {
      return x / (1 + Math.exp(-x));
    }

    @Override
    void gate(float[] gate, float[] up, int from, int end) {
      SwiGlu.apply(gate, up, from, end - from);
    }
  },
  /** {@code max(0, x)^2}, arXiv:2109.08668. */
  RELU_SQUARED {
    @Override
    double of(double x) {
      double positive = Math.max(0, x);
      return positive * positive;
    }
  },
  /**
   * By its approximation with tanh, arXiv:1606.08415; GGUF models mean it wherever they say GELU.
   */
  GELU {
    @Override
    double of(double x) {
      return 0.5 * x * (1 + Math.tanh(SQRT_2_OVER_PI * (x + 0.044715 * x * x * x)));
    }
  },
  /**
   * gpt-oss: {@code x / (1 + exp(-1.702 x))} with x at most 7; as a gate it meets {@code up + 1},
   * with up -7 to 7.
   */
  CLIPPED_SILU {
    private static final float LIMIT = 7;

    @Override
    double of(double x) {
      double clipped = Math.min(x, LIMIT);
      return clipped / (1 + Math.exp(-1.702 * clipped));
    }

    @Override
    void gate(float[] gate, float[] up, int from, int end) {
      for (int i = from; i < end; i++) {
        gate[i] = (float) of(gate[i]) * (Math.clamp(up[i], -LIMIT, LIMIT) + 1);
      }
    }
  };

  private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);

  abstract double of(double x);

  /** {@code x[i] = of(x[i])} for {@code from <= i < end}. */
  void apply(float[] x, int from, int end) {
    for (int i = from; i < end; i++) {
      x[i] = (float) of(x[i]);
    }
  }

  /** {@code gate[i] = of(gate[i]) * up[i]} for {@code from <= i < end}. */
  void gate(float[] gate, float[] up, int from, int end) {
    for (int i = from; i < end; i++) {
      gate[i] = (float) of(gate[i]) * up[i];
    }
  }
}
