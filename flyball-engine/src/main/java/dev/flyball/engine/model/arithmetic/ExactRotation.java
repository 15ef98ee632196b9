package dev.flyball.engine.model.arithmetic;

import dev.flyball.kernels.HalfRotation;
import dev.flyball.kernels.PairRotation;

/** Rotation in plain Java. */
record ExactRotation(RopePairs pairing, int pairs) implements Elementwise.Rotation {
  @Override
  public void apply(
      float[] x,
      int offset,
      int heads,
      int headLength,
      float[] cosines,
      float[] sines,
      int angles,
      int worker) {
    for (int head = 0; head < heads; head++) {
      int at = offset + head * headLength;
      switch (pairing) {
        case ADJACENT -> PairRotation.apply(x, at, cosines, sines, angles, pairs);
        case HALVES -> HalfRotation.apply(x, at, cosines, sines, angles, pairs);
      }
    }
  }
}
