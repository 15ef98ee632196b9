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

  /** The projection of each head. */
  List<Linear> heads() {
    return heads;
  }

  /**
   * From the first values of each row of {@code from} (tokens, heads, fromLength) to those of
   * {@code to} (tokens, heads, toLength), of {@code count} tokens from {@code first} on.
   */
  void apply(
      Step step, int first, int count, float[] from, int fromLength, float[] to, int toLength) {
    apply(step, first, count, from, fromLength, to, toLength, false);
  }

  /** As {@link #apply}, by {@link Products#multiplyFinely}. */
  void applyFinely(
      Step step, int first, int count, float[] from, int fromLength, float[] to, int toLength) {
    apply(step, first, count, from, fromLength, to, toLength, true);
  }

  private void apply(
      Step step,
      int first,
      int count,
      float[] from,
      int fromLength,
      float[] to,
      int toLength,
      boolean finely) {
    for (int head = 0; head < heads.size(); head++) {
      Linear linear = heads.get(head);
      copy(
          count,
          from,
          (first * heads.size() + head) * fromLength,
          heads.size() * fromLength,
          in.values(),
          0,
          linear.columns(),
          linear.columns());
      step.input(in.values(), count, linear.columns());
      if (finely) {
        Linear.applyAllFinely(List.of(linear), List.of(out.values()));
      } else {
        linear.apply(out.values());
      }
      copy(
          count,
          out.values(),
          0,
          linear.rows(),
          to,
          (first * heads.size() + head) * toLength,
          heads.size() * toLength,
          linear.rows());
    }
  }

  /** Copies {@code count} values of each of some tokens, whose rows are a stride apart. */
  private static void copy(
      int tokens,
      float[] from,
      int fromOffset,
      int fromStride,
      float[] to,
      int toOffset,
      int toStride,
      int count) {
    for (int t = 0; t < tokens; t++) {
      System.arraycopy(from, fromOffset + t * fromStride, to, toOffset + t * toStride, count);
    }
  }
}
