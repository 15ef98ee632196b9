package dev.flyball.engine.model;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.arithmetic.Elementwise;
import dev.flyball.kernels.WorkerTeam;
import java.util.Optional;

/**
 * The end of a forward pass: final norm and output matrix for the tokens whose rows are wanted, and
 * for them only. Memory for logits grows to the most rows that a step asked for.
 */
final class OutputRows implements StepOutput {
  /** Logits that one piece of the rule has. */
  private static final int VALUES_PER_PIECE = 8192;

  private final Elementwise.Norm norm;
  private final Optional<Linear> output;
  private final LogitRule rule;
  private final float[] hidden;
  private final float[] unembedded;
  private final boolean[] isLogits;
  private final int[] source;
  private final WorkerTeam.Piece rulePiece = (piece, _) -> applyRule(piece);
  private float[] logits = new float[0];

  /** Logits of the step under way. */
  private int values;

  private int rows;

  OutputRows(Elementwise.Norm norm, Optional<Linear> output, LogitRule rule, int maxTokens) {
    this.norm = norm;
    this.output = output;
    this.rule = rule;
    hidden = new float[Math.multiplyExact(maxTokens, norm.length())];
    unembedded = new float[Math.multiplyExact(maxTokens, norm.length())];
    isLogits = new boolean[maxTokens];
    source = new int[maxTokens];
  }

  /**
   * Computes the rows that the batch wants.
   *
   * @param x (rows, columns) of those tokens only, without what the last half layer adds
   * @param delta what it adds
   */
  StepOutput compute(Step step, Batch batch, float[] x, float[] delta) {
    int logitRows = select(batch);
    if (logitRows > 0 && output.isEmpty()) {
      throw new EngineException(
          EngineError.INVALID_INPUT, "the model has no logits: it only embeds texts");
    }
    step.addAndNormalise(x, delta, rows, norm, hidden);
    if (logitRows > 0) {
      multiply(step, output.orElseThrow(), batch, logitRows);
    }
    return this;
  }

  /** Numbers the wanted tokens; returns how many of them want logits. */
  private int select(Batch batch) {
    int logitRows = 0;
    rows = 0;
    for (int t = 0; t < batch.size(); t++) {
      if (batch.output(t) == RowOutput.NONE) {
        continue;
      }
      isLogits[rows] = batch.output(t) == RowOutput.LOGITS;
      source[rows] = isLogits[rows] ? logitRows++ : rows;
      rows++;
    }
    return logitRows;
  }

  private void multiply(Step step, Linear output, Batch batch, int logitRows) {
    int columns = norm.length();
    for (int row = 0; row < rows; row++) {
      if (isLogits[row]) {
        System.arraycopy(hidden, row * columns, unembedded, source[row] * columns, columns);
      }
    }
    int needed = Math.multiplyExact(logitRows, output.rows());
    if (logits.length < needed) {
      logits = new float[needed];
    }
    step.adapters().choose(batch, AdapterProducts.Chosen.LOGITS);
    step.input(unembedded, logitRows, columns);
    output.apply(logits);
    if (!rule.isPlain()) {
      values = needed;
      step.team().run(Math.ceilDiv(needed, VALUES_PER_PIECE), rulePiece);
    }
  }

  private void applyRule(int piece) {
    int from = piece * VALUES_PER_PIECE;
    rule.apply(logits, from, Math.min(values, from + VALUES_PER_PIECE));
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public float[] values(int row) {
    checkRow(row);
    return isLogits[row] ? logits : hidden;
  }

  @Override
  public int offset(int row) {
    checkRow(row);
    return source[row] * length(row);
  }

  @Override
  public int length(int row) {
    checkRow(row);
    return isLogits[row] ? output.orElseThrow().rows() : norm.length();
  }

  private void checkRow(int row) {
    if (row < 0 || row >= rows) {
      throw new IndexOutOfBoundsException("row " + row + " of " + rows);
    }
  }
}
