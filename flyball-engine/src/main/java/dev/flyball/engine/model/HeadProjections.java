package dev.flyball.engine.model;

import dev.flyball.engine.model.arithmetic.Products;
import java.util.List;

/** A projection for each head, of its rows of a step. */
final class HeadProjections {
  private final List<Linear> heads;

  /** Rows of one head in and out, one token after the other. */
  private final StepRows in;

  private final StepRows out;

  HeadProjections(List<Linear.Tensors> tensors, Assembly assembly) {
    heads = tensors.stream().map(assembly::linear).toList();
    in = assembly.rows("head input", heads.getFirst().columns());
    out = assembly.rows("head output", heads.getFirst().rows());
  }

  /**
   * From the first values of each row of {@code from} (tokens, heads, fromLength) to those of
   * {@code to} (tokens, heads, toLength).
   */
  void apply(Step step, float[] from, int fromLength, float[] to, int toLength) {
    apply(step, from, fromLength, to, toLength, false);
  }

  /** As {@link #apply}, by {@link Products#multiplyFinely}. */
  void applyFinely(Step step, float[] from, int fromLength, float[] to, int toLength) {
    apply(step, from, fromLength, to, toLength, true);
  }

  private void apply(
      Step step, float[] from, int fromLength, float[] to, int toLength, boolean finely) {
    for (int head = 0; head < heads.size(); head++) {
      Linear linear = heads.get(head);
      copy(
          step,
          from,
          head * fromLength,
          heads.size() * fromLength,
          in.values(),
          0,
          linear.columns(),
          linear.columns());
      step.input(in.values(), step.tokens(), linear.columns());
      if (finely) {
        Linear.applyAllFinely(List.of(linear), List.of(out.values()));
      } else {
        linear.apply(out.values());
      }
      copy(
          step,
          out.values(),
          0,
          linear.rows(),
          to,
          head * toLength,
          heads.size() * toLength,
          linear.rows());
    }
  }

  /** Copies {@code count} values of each token, whose rows are a stride apart. */
  private static void copy(
      Step step,
      float[] from,
      int fromOffset,
      int fromStride,
      float[] to,
      int toOffset,
      int toStride,
      int count) {
    for (int t = 0; t < step.tokens(); t++) {
      System.arraycopy(from, fromOffset + t * fromStride, to, toOffset + t * toStride, count);
    }
  }
}
