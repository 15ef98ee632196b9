package dev.flyball.engine.model;

import dev.flyball.kernels.WorkerTeam;

/**
 * The gate of what queries attend to (arXiv:2505.06708), of each head one for each value: the
 * projection of queries gives it behind each head's query.
 */
final class QueryGate {
  private final AttentionShape shape;
  private final Step step;
  private final StepRows projected;
  private final StepRows gates;
  private final WorkerTeam.Piece split = (t, _) -> split(t);
  private final WorkerTeam.Piece apply = (t, _) -> apply(t);
  private float[] queries = new float[0];
  private float[] attended = new float[0];

  QueryGate(AttentionShape shape, Assembly assembly) {
    this.shape = shape;
    step = assembly.step();
    int columns = Math.addExact(shape.queryColumns(), shape.attendedColumns());
    projected = assembly.rows("queries and gates", columns);
    gates = assembly.rows("gates of queries", shape.attendedColumns());
  }

  /** Where the projection is to be written: (tokens, heads, keyLength + valueLength). */
  float[] projected() {
    return projected.values();
  }

  /** Writes the step's queries (tokens, heads, keyLength) and keeps the gates. */
  void split(float[] out) {
    queries = out;
    step.team().run(step.tokens(), split);
  }

  private void split(int token) {
    int length = shape.keyLength();
    int values = shape.valueLength();
    for (int row = token * shape.heads(); row < (token + 1) * shape.heads(); row++) {
      int from = row * (length + values);
      System.arraycopy(projected.values(), from, queries, row * length, length);
      System.arraycopy(projected.values(), from + length, gates.values(), row * values, values);
    }
  }

  /** {@code x = logistic(gate) * x}, of what the step's queries attended to. */
  void apply(float[] x) {
    attended = x;
    step.team().run(step.tokens(), apply);
  }

  private void apply(int token) {
    int columns = shape.attendedColumns();
    for (int i = token * columns; i < (token + 1) * columns; i++) {
      attended[i] *= (float) (1 / (1 + Math.exp(-gates.values()[i])));
    }
  }
}
