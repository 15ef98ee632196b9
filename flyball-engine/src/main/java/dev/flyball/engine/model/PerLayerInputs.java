package dev.flyball.engine.model;

import dev.flyball.engine.model.arithmetic.Elementwise;
import dev.flyball.kernels.WorkerTeam;

/**
 * The embeddings of a step's tokens for every layer: {@code (norm(projection @ x / sqrt(columns)) +
 * sqrt(length) * table[token]) / sqrt(2)}, layer by layer.
 */
final class PerLayerInputs implements TokenInput {
  private final PerLayerInputSpec spec;
  private final Linear projection;
  private final Elementwise.Norm norm;

  /** (tokens, layers, length). */
  private final StepRows inputs;

  /** A row of the table for each worker. */
  private final float[][] looked;

  private final float projectedScale;
  private final float lookedScale;
  private final WorkerTeam.Piece prepareToken = this::prepareToken;
  private int[] ids = new int[0];

  PerLayerInputs(PerLayerInputSpec spec, Assembly assembly) {
    this.spec = spec;
    projection = assembly.linear(spec.projection());
    norm = assembly.norm(spec.norm());
    inputs = assembly.rows("inputs of layers", projection.rows());
    looked = new float[assembly.workers()][projection.rows()];
    projectedScale = (float) (1 / Math.sqrt(projection.columns()));
    lookedScale = (float) Math.sqrt(spec.length());
  }

  @Override
  public void prepare(Step step, int[] ids, float[] embedded) {
    this.ids = ids;
    step.input(embedded, step.tokens(), projection.columns());
    projection.apply(inputs.values());
    step.team().run(step.tokens(), prepareToken);
  }

  private void prepareToken(int token, int worker) {
    int all = projection.rows();
    float[] x = inputs.values();
    float[] row = looked[worker];
    for (int i = token * all; i < (token + 1) * all; i++) {
      x[i] *= projectedScale;
    }
    for (int layer = 0; layer < spec.layers(); layer++) {
      norm.apply(x, token * spec.layers() + layer, x, worker);
    }
    spec.table().decode(ids[token], 0, all, row, 0);
    float half = (float) Math.sqrt(0.5);
    for (int i = 0; i < all; i++) {
      int at = token * all + i;
      x[at] = (x[at] + lookedScale * row[i]) * half;
    }
  }

  /** {@code x[i] *= input[i]}, with the input of a layer for a token of the step. */
  void multiply(Step step, int token, int layer, float[] x, int offset) {
    int from = (step.origin(token) * spec.layers() + layer) * spec.length();
    float[] values = inputs.values();
    for (int i = 0; i < spec.length(); i++) {
      x[offset + i] *= values[from + i];
    }
  }
}
