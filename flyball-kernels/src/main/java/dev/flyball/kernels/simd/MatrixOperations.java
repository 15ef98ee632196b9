package dev.flyball.kernels.simd;

/**
 * What a processor adds that multiplies small matrices of bytes in one instruction: vectors hold 16
 * bytes, two rows of eight. Not thread-safe.
 */
public interface MatrixOperations {
  /**
   * Turns four columns and the four behind them, each of four rows, into eight columns of two rows
   * and of the next two.
   *
   * @param firstRows neither of the quads
   * @param lastRows may be one of the quads
   */
  void joinQuads(Vec firstRows, Vec lastRows, Vec quad, Vec nextQuad);

  /**
   * {@code accumulator[2i+j] += sum over k below 8 of a[8i+k] * b[8j+k]}, bytes being signed: the
   * products of two rows of a with two of b.
   */
  void multiply(Vec accumulator, Vec a, Vec b);

  /**
   * Sorts the products of two tokens with four rows by token.
   *
   * @param first of the first token; neither of the products
   * @param second of the second token; may be one of the products
   * @param firstRows products of both tokens with the first two rows
   * @param lastRows with the last two
   */
  void splitTokens(Vec first, Vec second, Vec firstRows, Vec lastRows);

  /** Eight bytes, and zeros behind them. */
  void loadEightBytes(Vec destination, Reg base, int offsetBytes);

  /**
   * Stores eight ints as signed bytes, those beyond their range as its ends.
   *
   * @param low the first four; without value afterwards
   * @param high the last four
   */
  void storeEightSignedBytes(Reg base, int offsetBytes, Vec low, Vec high);
}
