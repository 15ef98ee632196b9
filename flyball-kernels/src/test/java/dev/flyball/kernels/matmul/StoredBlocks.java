package dev.flyball.kernels.matmul;

import dev.flyball.kernels.TensorType;
import java.util.SplittableRandom;

/** Random stored weights: any codes, scales of a sane size. */
public final class StoredBlocks {
  private StoredBlocks() {}

  public static byte[] random(TensorType type, int elements, SplittableRandom random) {
    byte[] bytes = new byte[(int) type.bytesFor(elements)];
    if (type.blockElements() == 1) {
      fillWithFloats(bytes, type, random);
      return bytes;
    }
    random.nextBytes(bytes);
    int[] halves = halfOffsets(type);
    for (int block = 0; block < bytes.length; block += type.blockBytes()) {
      for (int at : halves) {
        short half = Float.floatToFloat16((random.nextFloat() - 0.5f) / 16);
        bytes[block + at] = (byte) half;
        bytes[block + at + 1] = (byte) (half >> 8);
      }
      if (type == TensorType.MXFP4) {
        bytes[block] = (byte) random.nextInt(110, 130);
      }
    }
    return bytes;
  }

  private static void fillWithFloats(byte[] bytes, TensorType type, SplittableRandom random) {
    for (int at = 0; at < bytes.length; at += type.blockBytes()) {
      float value = (float) random.nextGaussian();
      int bits =
          type == TensorType.F16 ? Float.floatToFloat16(value) : Float.floatToRawIntBits(value);
      int shift = type == TensorType.BF16 ? 16 : 0;
      for (int i = 0; i < type.blockBytes(); i++) {
        bytes[at + i] = (byte) (bits >> (shift + 8 * i));
      }
    }
  }

  /** Where in a block its floats lie. */
  private static int[] halfOffsets(TensorType type) {
    return switch (type) {
      case Q4_0, Q5_0, Q8_0, IQ4_NL, IQ4_XS -> new int[] {0};
      case Q4_1, Q5_1, Q4_K, Q5_K -> new int[] {0, 2};
      case Q2_K -> new int[] {80, 82};
      case Q3_K -> new int[] {108};
      case Q6_K -> new int[] {208};
      case MXFP4 -> new int[0];
      case F32, F16, BF16 -> throw new IllegalArgumentException(type + " is not packed");
    };
  }
}
