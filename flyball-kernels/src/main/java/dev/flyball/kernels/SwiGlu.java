package dev.flyball.kernels;

/** The gate of a SwiGLU feed forward network (arXiv:2002.05202): {@code silu(gate) * up}. */
public final class SwiGlu {
  private SwiGlu() {}

  /** {@code gate[i] = gate[i] / (1 + exp(-gate[i])) * up[i]} for {@code length} values. */
  public static void apply(float[] gate, float[] up, int offset, int length) {
    int end = offset + length;
    for (int i = offset; i < end; i++) {
      double g = gate[i];
      gate[i] = (float) (g / (1 + Math.exp(-g))) * up[i];
    }
  }
}
