package dev.flyball.kernels;

/** What a feed forward network does to each value between its matrices, in plain Java. */
public enum ActivationCurve {
  /** {@code x / (1 + exp(-x))}, arXiv:1702.03118. */
  SILU {
    @Override
    public double of(double x) {
      return x / (1 + Math.exp(-x));
    }
  },
  /** {@code max(0, x)^2}, arXiv:2109.08668. */
  RELU_SQUARED {
    @Override
    public double of(double x) {
      double positive = Math.max(0, x);
      return positive * positive;
    }
  },
  /** GELU by its approximation with tanh, arXiv:1606.08415. */
  GELU_TANH {
    @Override
    public double of(double x) {
      return 0.5 * x * (1 + Math.tanh(SQRT_2_OVER_PI * (x + 0.044715 * x * x * x)));
    }
  },
  /** GELU itself: {@code x * (1 + erf(x / sqrt(2))) / 2}, arXiv:1606.08415. */
  GELU_ERF {
    @Override
    public double of(double x) {
      return 0.5 * x * ErrorFunction.complement(-x / Math.sqrt(2));
    }
  },
  /**
   * gpt-oss: {@code x / (1 + exp(-1.702 x))} with x at most 7; as a gate it meets {@code up + 1},
   * with up -7 to 7.
   */
  CLIPPED_SILU {
    @Override
    public double of(double x) {
      double clipped = Math.min(x, LIMIT);
      return clipped / (1 + Math.exp(-STEEPNESS * clipped));
    }

    @Override
    public void gate(float[] gate, float[] up, int from, int end) {
      for (int i = from; i < end; i++) {
        gate[i] = (float) of(gate[i]) * (Math.clamp(up[i], -LIMIT, LIMIT) + 1);
      }
    }
  };

  /** Largest magnitude that {@link #CLIPPED_SILU} lets in. */
  public static final float LIMIT = 7;

  /** Of {@link #CLIPPED_SILU}. */
  public static final double STEEPNESS = 1.702;

  /** Of {@link #GELU_TANH}. */
  public static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);

  public abstract double of(double x);

  /** {@code x[i] = of(x[i])} for {@code from <= i < end}. */
  public void apply(float[] x, int from, int end) {
    for (int i = from; i < end; i++) {
      x[i] = (float) of(x[i]);
    }
  }

  /** {@code gate[i] = of(gate[i]) * up[i]} for {@code from <= i < end}. */
  public void gate(float[] gate, float[] up, int from, int end) {
    for (int i = from; i < end; i++) {
      gate[i] = (float) of(gate[i]) * up[i];
    }
  }

  /**
   * As {@link #gate}, but zero where the activated gate's magnitude is below {@code threshold}.
   *
   * @throws UnsupportedOperationException of a curve whose gate meets something else than {@code
   *     up}
   */
  public void gateAbove(float[] gate, float[] up, float threshold, int from, int end) {
    if (this == CLIPPED_SILU) {
      throw new UnsupportedOperationException(this + " has no thresholds");
    }
    for (int i = from; i < end; i++) {
      float activated = (float) of(gate[i]);
      gate[i] = Math.abs(activated) < threshold ? 0 : activated * up[i];
    }
  }
}
