package dev.flyball.engine.vision;

import dev.flyball.kernels.WorkerTeam;

/**
 * From the tower's vectors, one for each patch, to those of the text model: the mean of a square of
 * patches, RMS-normed, times a matrix.
 */
final class PooledProjection {
  /** Vectors that share what is read of the matrix. */
  private static final int TILE = 16;

  private final VisionSpec spec;
  private final WorkerTeam team;

  /** (columns, text columns). */
  private final float[] weights;

  PooledProjection(VisionSpec spec, WorkerTeam team) {
    this.spec = spec;
    this.team = team;
    int length = spec.textColumns();
    weights = new float[Math.multiplyExact(spec.columns(), length)];
    for (int k = 0; k < spec.columns(); k++) {
      spec.projection().decode(k, 0, length, weights, k * length);
    }
  }

  /**
   * @param hidden (patches, columns) from {@code offset} on
   * @return (tokens, text columns)
   */
  float[] project(float[] hidden, int offset) {
    int tokens = spec.tokens();
    int columns = spec.columns();
    float[] normed = new float[tokens * columns];
    float[] out = new float[Math.multiplyExact(tokens, spec.textColumns())];
    team.run(
        Math.ceilDiv(tokens, TILE),
        (tile, _) -> {
          int first = tile * TILE;
          int end = Math.min(tokens, first + TILE);
          for (int token = first; token < end; token++) {
            pool(hidden, offset, token, normed);
            norm(normed, token * columns);
          }
          multiply(normed, first, end, out);
        });
    return out;
  }

  private void pool(float[] hidden, int offset, int token, float[] pooled) {
    int columns = spec.columns();
    int side = spec.pooled();
    int perSide = spec.patchesPerSide();
    int squares = perSide / side;
    int top = token / squares * side;
    int left = token % squares * side;
    float share = 1f / (side * side);
    for (int y = top; y < top + side; y++) {
      for (int x = left; x < left + side; x++) {
        int from = offset + (y * perSide + x) * columns;
        Axpy.add(share, hidden, from, pooled, token * columns, columns);
      }
    }
  }

  private void norm(float[] x, int offset) {
    double sum = 0;
    for (int i = 0; i < spec.columns(); i++) {
      sum += (double) x[offset + i] * x[offset + i];
    }
    double scale = 1 / Math.sqrt(sum / spec.columns() + spec.epsilon());
    for (int i = 0; i < spec.columns(); i++) {
      x[offset + i] = (float) (x[offset + i] * scale) * spec.norm()[i];
    }
  }

  private void multiply(float[] normed, int first, int end, float[] out) {
    int length = spec.textColumns();
    for (int k = 0; k < spec.columns(); k++) {
      for (int token = first; token < end; token++) {
        float a = normed[token * spec.columns() + k];
        Axpy.add(a, weights, k * length, out, token * length, length);
      }
    }
  }
}
