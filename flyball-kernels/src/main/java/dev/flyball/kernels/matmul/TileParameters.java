package dev.flyball.kernels.matmul;

/**
 * The parameters of a tile kernel, each 8 bytes; the array that it is called with is the output.
 */
final class TileParameters {
  /** Address of the first panel. */
  static final int WEIGHTS = 0;

  /** Address of the tile's activations. */
  static final int ACTIVATIONS = 1;

  /**
   * Offset in the array, in bytes, of the output of the first token and the first panel's first
   * row.
   */
  static final int OUT = 2;

  /** Bytes from one token's output to the next one's. */
  static final int OUT_STRIDE = 3;

  /** {@link Panels#rounds} of a row. */
  static final int ROUNDS = 4;

  /** Number of panels, or of pairs of panels where a kernel takes two at once. */
  static final int PANELS = 5;

  /** Bytes of a panel. */
  static final int PANEL_BYTES = 6;

  /** Address of the code table, 64 bytes; unused where the format has none. */
  static final int TABLE = 7;

  /** Address of memory to be asked for ahead of its use; only of kernels for two panels at once. */
  static final int AHEAD = 8;

  static final int COUNT = 9;

  private TileParameters() {}
}
