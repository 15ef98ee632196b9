package dev.flyball.engine.vision;

import dev.flyball.kernels.WorkerTeam;

/**
 * Makes a vector of each patch of a picture: {@code bias + W (columns, values) @ x (values)}, where
 * {@code x} are the patch's pixels, channel by channel, line by line, with the mean taken off and
 * divided by the deviation.
 */
final class PatchEmbedding {
  private final VisionSpec spec;
  private final WorkerTeam team;

  /** (values, columns): the other way round, so that a whole vector is added to at a time. */
  private final float[] weights;

  private final float[] bias;
  private final int values;

  PatchEmbedding(VisionSpec spec, WorkerTeam team) {
    this.spec = spec;
    this.team = team;
    values = spec.patches().columns();
    int columns = spec.columns();
    weights = new float[Math.multiplyExact(values, columns)];
    float[] row = new float[values];
    for (int j = 0; j < columns; j++) {
      spec.patches().decode(j, 0, values, row, 0);
      for (int k = 0; k < values; k++) {
        weights[k * columns + j] = row[k];
      }
    }
    bias = spec.patchBias().orElseGet(() -> new float[columns]);
  }

  /** (patches, columns), line by line. */
  float[] embed(Picture square) {
    int perSide = spec.patchesPerSide();
    float[] out = new float[Math.multiplyExact(perSide * perSide, spec.columns())];
    team.run(perSide, (line, _) -> embedLine(square, line, out));
    return out;
  }

  private void embedLine(Picture square, int line, float[] out) {
    int perSide = spec.patchesPerSide();
    float[] pixels = new float[values];
    float[] vector = new float[spec.columns()];
    for (int i = 0; i < perSide; i++) {
      read(square, i * spec.patch(), line * spec.patch(), pixels);
      System.arraycopy(bias, 0, vector, 0, vector.length);
      for (int k = 0; k < values; k++) {
        Axpy.add(pixels[k], weights, k * vector.length, vector, 0, vector.length);
      }
      System.arraycopy(vector, 0, out, (line * perSide + i) * vector.length, vector.length);
    }
  }

  private void read(Picture square, int left, int top, float[] pixels) {
    int to = 0;
    for (int channel = 0; channel < Picture.CHANNELS; channel++) {
      for (int y = top; y < top + spec.patch(); y++) {
        for (int x = left; x < left + spec.patch(); x++) {
          float value = square.value(x, y, channel) / 255f;
          pixels[to++] = (value - spec.mean()[channel]) / spec.deviation()[channel];
        }
      }
    }
  }
}
