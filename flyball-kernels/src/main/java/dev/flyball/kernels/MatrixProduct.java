package dev.flyball.kernels;

import java.util.Arrays;

/**
 * Products of stored matrices with tokens: {@code W (rows, columns) @ x (tokens, columns) -> out
 * (tokens, rows)}. Weights are decoded to floats and activations stay floats, so this is the exact
 * path and the oracle of every faster one; a sum is kept in many partial sums, which bounds its
 * error.
 *
 * <p>Holds scratch for each worker; used by one thread at a time, which calls in the team.
 */
public final class MatrixProduct {
  /** Rows that a piece has: a panel of the input is read from memory once for all of them. */
  private static final int ROWS_PER_PIECE = 16;

  private static final int CHUNK = MatrixInput.CHUNK;

  private final WorkerTeam team;
  private final Scratch[] scratch;

  public MatrixProduct(WorkerTeam team, int maxTokens) {
    this.team = team;
    scratch = new Scratch[team.size()];
    for (int i = 0; i < scratch.length; i++) {
      scratch[i] = new Scratch(maxTokens);
    }
  }

  /**
   * Computes {@code W @ x} for all tokens of the input.
   *
   * @param out (tokens, rows), row after row; overwritten
   * @throws IllegalArgumentException where the lengths of the rows differ or {@code out} is short
   */
  public void multiply(StoredMatrix w, MatrixInput x, float[] out) {
    if (w.columns() != x.columns() || out.length < (long) x.tokens() * w.rows()) {
      throw new IllegalArgumentException(
          "(%d, %d) @ (%d, %d) into %d values"
              .formatted(w.rows(), w.columns(), x.tokens(), x.columns(), out.length));
    }
    int pieces = Math.ceilDiv(w.rows(), ROWS_PER_PIECE);
    boolean many = x.hasManyTokens();
    team.run(
        pieces,
        (piece, worker) -> {
          int first = piece * ROWS_PER_PIECE;
          int end = Math.min(w.rows(), first + ROWS_PER_PIECE);
          if (many) {
            multiplyManyTokens(w, first, end, x, out, scratch[worker]);
          } else {
            multiplyFewTokens(w, first, end, x, out, scratch[worker]);
          }
        });
  }

  /** Chunk by chunk over all rows of the piece, so that the input's panel stays in the cache. */
  private static void multiplyManyTokens(
      StoredMatrix w, int firstRow, int endRow, MatrixInput x, float[] out, Scratch scratch) {
    int tokens = x.tokens();
    for (int row = firstRow; row < endRow; row++) {
      Arrays.fill(scratch.sums[row - firstRow], 0, tokens, 0f);
    }
    float[] weights = scratch.weights[0];
    for (int first = 0; first < w.columns(); first += CHUNK) {
      int count = Math.min(CHUNK, w.columns() - first);
      for (int row = firstRow; row < endRow; row++) {
        w.decode(row, first, count, weights, 0);
        TokenSums.add(weights, count, x, first, scratch.sums[row - firstRow], tokens);
      }
    }
    for (int t = 0; t < tokens; t++) {
      for (int row = firstRow; row < endRow; row++) {
        out[t * w.rows() + row] = scratch.sums[row - firstRow][t];
      }
    }
  }

  /** Row by row, four chunks at a time, which are decoded once for all tokens. */
  private static void multiplyFewTokens(
      StoredMatrix w, int firstRow, int endRow, MatrixInput x, float[] out, Scratch scratch) {
    int tokens = x.tokens();
    for (int row = firstRow; row < endRow; row++) {
      for (int t = 0; t < tokens; t++) {
        Arrays.fill(scratch.lanes[t], 0f);
      }
      for (int first = 0; first < w.columns(); first += 4 * CHUNK) {
        int count = Math.min(4 * CHUNK, w.columns() - first);
        for (int i = 0; i < count; i += CHUNK) {
          w.decode(row, first + i, Math.min(CHUNK, count - i), scratch.weights[i / CHUNK], 0);
        }
        for (int t = 0; t < tokens; t++) {
          LaneSums.add(scratch.weights, x, t, first / CHUNK, count, scratch.lanes[t]);
        }
      }
      for (int t = 0; t < tokens; t++) {
        out[t * w.rows() + row] = LaneSums.total(scratch.lanes[t]);
      }
    }
  }

  /** What one worker computes with. */
  private static final class Scratch {
    /** Decoded weights: 4 chunks of a row. */
    final float[][] weights = new float[4][CHUNK];

    /** For few tokens: partial sums [token][column within chunk]. */
    final float[][] lanes;

    /** For many tokens: sums [row of the piece][token]. */
    final float[][] sums;

    Scratch(int maxTokens) {
      lanes = new float[Math.min(maxTokens, MatrixInput.MANY_TOKENS - 1)][CHUNK];
      sums = new float[ROWS_PER_PIECE][maxTokens < MatrixInput.MANY_TOKENS ? 0 : maxTokens];
    }
  }
}
