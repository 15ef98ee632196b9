package dev.flyball.engine.model;

import dev.flyball.engine.model.arithmetic.Elementwise;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.matmul.InputFinish;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The rows that a team is about to normalise; kept from run to run, so that a run takes nothing of
 * the heap. Set by one thread; its pieces are run by any.
 */
final class NormRows implements InputFinish {
  private final WorkerTeam.Piece apply = this::apply;
  private final WorkerTeam.Piece addAndApply = this::addAndApply;
  private Elementwise.@Nullable Norm norm;
  private float[] x = new float[0];
  private float[] delta = x;
  private float[] out = x;

  /** {@code out = norm(x)}, row by row. */
  WorkerTeam.Piece apply(float[] x, Elementwise.Norm norm, float[] out) {
    this.x = x;
    this.norm = norm;
    this.out = out;
    return apply;
  }

  /** {@code x += delta}, then {@code out = norm(x)}, row by row. */
  WorkerTeam.Piece addAndApply(float[] x, float[] delta, Elementwise.Norm norm, float[] out) {
    this.delta = delta;
    apply(x, norm, out);
    return addAndApply;
  }

  /** Adds and normalises the row, as {@link #addAndApply} was told. */
  @Override
  public void finish(int row, int from, int end, int worker) {
    addAndApply(row, worker);
  }

  @Override
  public boolean takesWholeRows() {
    return true;
  }

  /** The pieces of {@link #addAndApply}, as it was told last. */
  WorkerTeam.Piece pieces() {
    return addAndApply;
  }

  /** Whether these are the rows that it normalises into. */
  @SuppressWarnings("ReferenceEquality") // the same memory, not the same values
  boolean goTo(float[] rows) {
    return out == rows;
  }

  private void apply(int row, int worker) {
    Objects.requireNonNull(norm).apply(x, row, out, worker);
  }

  private void addAndApply(int row, int worker) {
    Objects.requireNonNull(norm).addAndApply(x, delta, row, out, worker);
  }
}
