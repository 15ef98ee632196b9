package dev.flyball.kernels;

/**
 * The tokens that matrices are multiplied by, laid out for {@link MatrixProduct}: packed once, used
 * by every matrix that reads them. Scratch of one model; one thread packs at a time.
 *
 * <pre>
 * few tokens:   byToken[token][chunk][column within chunk], chunks of 256 columns
 * many tokens:  byColumn[column][token]
 * </pre>
 *
 * <p>Arrays of arrays, because C2 turns a loop over several arrays into vector instructions only
 * where all are read at the same index; rows of one long array at different offsets stay scalar
 * (measured on JDK 25: 18 against 6 GMAC/s).
 */
public final class MatrixInput {
  /** Columns in a chunk: a multiple of every type's block. */
  static final int CHUNK = 256;

  /**
   * From this many tokens on, the loop over tokens is long enough to be the inner one (measured:
   * the two ways meet at about 40 tokens).
   */
  static final int MANY_TOKENS = 40;

  private static final int TOKENS_PER_PIECE = 16;

  private final int maxTokens;
  private final int maxColumns;
  private final float[][][] byToken;
  private final float[][] byColumn;
  private int tokens;
  private int columns;

  public MatrixInput(int maxTokens, int maxColumns) {
    this.maxTokens = maxTokens;
    this.maxColumns = maxColumns;
    int chunks = Math.ceilDiv(maxColumns, CHUNK);
    byToken = new float[Math.min(maxTokens, MANY_TOKENS - 1)][chunks][CHUNK];
    byColumn = maxTokens < MANY_TOKENS ? new float[0][] : new float[maxColumns][maxTokens];
  }

  /** Copies {@code x} (tokens, columns), row after row, into the layout. */
  public void pack(float[] x, int tokens, int columns, WorkerTeam team) {
    if (tokens > maxTokens || columns > maxColumns) {
      throw new IllegalArgumentException(
          tokens + " x " + columns + " do not fit " + maxTokens + " x " + maxColumns);
    }
    this.tokens = tokens;
    this.columns = columns;
    if (hasManyTokens()) {
      int pieces = Math.ceilDiv(tokens, TOKENS_PER_PIECE);
      team.run(pieces, (piece, _) -> transpose(x, piece * TOKENS_PER_PIECE));
    } else {
      for (int t = 0; t < tokens; t++) {
        split(x, t);
      }
    }
  }

  private void transpose(float[] x, int firstToken) {
    int end = Math.min(tokens, firstToken + TOKENS_PER_PIECE);
    for (int column = 0; column < columns; column++) {
      float[] row = byColumn[column];
      for (int t = firstToken; t < end; t++) {
        row[t] = x[t * columns + column];
      }
    }
  }

  private void split(float[] x, int token) {
    for (int first = 0; first < columns; first += CHUNK) {
      int count = Math.min(CHUNK, columns - first);
      System.arraycopy(x, token * columns + first, byToken[token][first / CHUNK], 0, count);
    }
  }

  /** Tokens packed last. */
  public int tokens() {
    return tokens;
  }

  int columns() {
    return columns;
  }

  boolean hasManyTokens() {
    return tokens >= MANY_TOKENS;
  }

  /** The values of one column of all tokens; where {@link #hasManyTokens()}. */
  float[] column(int column) {
    return byColumn[column];
  }

  /** 256 columns of one token; where not {@link #hasManyTokens()}. */
  float[] chunk(int token, int chunk) {
    return byToken[token][chunk];
  }
}
