package dev.flyball.kernels.sparse;

import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.matmul.RowBlocks;

/**
 * The numbers of matrices that lie neuron by neuron: {@code value = (code - offset) * scale + min},
 * exactly those of the stored type. Codes of up to four bits take four, all others eight.
 *
 * @param type the stored type, not one of floats
 * @param block stored columns with one scale: 16 or 32
 * @param bits of a code: 4 or 8
 * @param offset what a code has too much
 * @param halves whether scales and minima are kept as halves; otherwise as floats
 * @param mins whether there are minima
 */
record NeuronFormat(
    TensorType type, int block, int bits, int offset, boolean halves, boolean mins) {
  /** Lanes of the widest vector, for which everything is laid out. */
  static final int LANES = 16;

  /** Bytes of that vector. */
  static final int VECTOR = 64;

  static NeuronFormat of(TensorType type) {
    RowBlocks blocks = new RowBlocks(type);
    return new NeuronFormat(
        type,
        blocks.scaledColumns(),
        blocks.codeBits(),
        blocks.offset(),
        blocks.hasHalves(),
        blocks.hasMins());
  }

  /** Columns of a stored block or super-block. */
  int storedColumns() {
    return type.blockElements();
  }

  /** Whether codes may be above 127, which not every processor multiplies. */
  boolean wide() {
    return offset == 128;
  }

  /** Bytes that so many codes take. */
  int codeBytes(int codes) {
    return codes * bits / 8;
  }

  /** Bytes of a scale, and of a minimum. */
  int scaleBytes() {
    return halves ? Short.BYTES : Float.BYTES;
  }

  /** Scales, and minima, of a column. */
  int scaleKinds() {
    return mins ? 2 : 1;
  }
}
