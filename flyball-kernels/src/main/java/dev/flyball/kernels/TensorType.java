package dev.flyball.kernels;

import java.util.Optional;

/**
 * The number formats in which GGUF stores tensors: each packs {@link #blockElements()} values into
 * {@link #blockBytes()} bytes, little-endian.
 *
 * <p>Source: ggml's {@code ggml_type} numbering and block structures.
 */
public enum TensorType {
  F32(0, 1, 4),
  F16(1, 1, 2),
  Q4_0(2, 32, 18),
  Q4_1(3, 32, 20),
  Q5_0(6, 32, 22),
  Q5_1(7, 32, 24),
  Q8_0(8, 32, 34),
  Q2_K(10, 256, 84),
  Q3_K(11, 256, 110),
  Q4_K(12, 256, 144),
  Q5_K(13, 256, 176),
  Q6_K(14, 256, 210),
  IQ4_NL(20, 32, 18),
  IQ4_XS(23, 256, 136),
  BF16(30, 1, 2),
  MXFP4(39, 32, 17);

  private static final TensorType[] BY_ID = new TensorType[64];

  static {
    for (TensorType type : values()) {
      BY_ID[type.ggmlId] = type;
    }
  }

  private final int ggmlId;
  private final int blockElements;
  private final int blockBytes;

  TensorType(int ggmlId, int blockElements, int blockBytes) {
    this.ggmlId = ggmlId;
    this.blockElements = blockElements;
    this.blockBytes = blockBytes;
  }

  /** The type with this number in a GGUF file, or nothing where Flyball cannot read it. */
  public static Optional<TensorType> ofGgmlId(long id) {
    return id >= 0 && id < BY_ID.length ? Optional.ofNullable(BY_ID[(int) id]) : Optional.empty();
  }

  public int ggmlId() {
    return ggmlId;
  }

  /** Values in one block. */
  public int blockElements() {
    return blockElements;
  }

  /** Bytes of one block. */
  public int blockBytes() {
    return blockBytes;
  }

  /**
   * Bytes that {@code elements} values take.
   *
   * @throws IllegalArgumentException unless {@code elements} is a non-negative multiple of the
   *     block
   * @throws ArithmeticException where the result does not fit a long
   */
  public long bytesFor(long elements) {
    if (elements < 0 || elements % blockElements != 0) {
      throw new IllegalArgumentException(
          name()
              + " stores blocks of "
              + blockElements
              + " values; "
              + elements
              + " is no multiple");
    }
    return Math.multiplyExact(elements / blockElements, (long) blockBytes);
  }
}
