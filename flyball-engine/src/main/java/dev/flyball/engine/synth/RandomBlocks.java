package dev.flyball.engine.synth;

import dev.flyball.kernels.BlockDecoder;
import dev.flyball.kernels.TensorType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/**
 * Encoded blocks of random weights of mean 0 and a given standard deviation. The quantised values
 * are random bits; the scale is the same in all blocks but for its sign. Not thread-safe.
 *
 * <p>The layout of a block is described where it is decoded, in module flyball-kernels.
 */
final class RandomBlocks {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int SIGN = 0x8000;

  /** An exponent byte of 128 makes a scale of 1 in MXFP4. */
  private static final int MXFP4_BIAS = 128;

  private static final int CALIBRATION_VALUES = 1 << 16;

  private final TensorType type;
  private final SplittableRandom random;
  private double scale = 1;

  RandomBlocks(TensorType type, double deviation, long seed) {
    this.type = type;
    this.random = new SplittableRandom(seed);
    this.scale = deviation / sampleDeviation();
  }

  /** The deviation that comes of a scale of 1. */
  private double sampleDeviation() {
    byte[] blocks = new byte[(int) type.bytesFor(CALIBRATION_VALUES)];
    float[] values = new float[CALIBRATION_VALUES];
    fill(blocks);
    BlockDecoder.decode(type, blocks, 0, values, 0, values.length);
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum / values.length);
  }

  /** Fills an array of whole blocks. */
  void fill(byte[] blocks) {
    random.nextBytes(blocks);
    switch (type) {
      case F32 -> fillF32(blocks);
      case F16 -> fillF16(blocks);
      case BF16 -> fillBf16(blocks);
      case Q4_0, Q5_0, Q8_0, IQ4_NL, IQ4_XS -> setScales(blocks, 0);
      case Q3_K -> setScales(blocks, 108);
      case Q6_K -> setScales(blocks, 208);
      case Q4_1 -> setScalesAndMinimums(blocks, 0, -7.5);
      case Q5_1 -> setScalesAndMinimums(blocks, 0, -15.5);
      case Q2_K -> {
        equaliseNibbles(blocks, 0, 16);
        setScalesAndMinimums(blocks, 80, 1.5);
      }
      case Q4_K -> {
        equaliseGroups(blocks);
        setScalesAndMinimums(blocks, 0, 7.5);
      }
      case Q5_K -> {
        equaliseGroups(blocks);
        setScalesAndMinimums(blocks, 0, 15.5);
      }
      case MXFP4 -> setExponents(blocks);
    }
  }

  private void fillF32(byte[] blocks) {
    for (int i = 0; i < blocks.length; i += Integer.BYTES) {
      float value = (float) ((int) INT.get(blocks, i) * 0x1p-31 * scale);
      INT.set(blocks, i, Float.floatToRawIntBits(value));
    }
  }

  private void fillF16(byte[] blocks) {
    for (int i = 0; i < blocks.length; i += Short.BYTES) {
      float value = (float) ((short) SHORT.get(blocks, i) * 0x1p-15 * scale);
      SHORT.set(blocks, i, Float.floatToFloat16(value));
    }
  }

  private void fillBf16(byte[] blocks) {
    for (int i = 0; i < blocks.length; i += Short.BYTES) {
      float value = (float) ((short) SHORT.get(blocks, i) * 0x1p-15 * scale);
      SHORT.set(blocks, i, (short) (Float.floatToRawIntBits(value) >> 16));
    }
  }

  /** Random signs keep the mean at 0 although the quantised values reach further below it. */
  private void setScales(byte[] blocks, int offset) {
    int half = Float.floatToFloat16((float) scale);
    for (int at = offset; at < blocks.length; at += type.blockBytes()) {
      int sign = (short) SHORT.get(blocks, at) & SIGN;
      SHORT.set(blocks, at, (short) (half | sign));
    }
  }

  private void setScalesAndMinimums(byte[] blocks, int offset, double minimumPerScale) {
    short half = Float.floatToFloat16((float) scale);
    short minimum = Float.floatToFloat16((float) (minimumPerScale * scale));
    for (int at = offset; at < blocks.length; at += type.blockBytes()) {
      SHORT.set(blocks, at, half);
      SHORT.set(blocks, at + Short.BYTES, minimum);
    }
  }

  /** Makes a group's minimum as large as its scale where they are the nibbles of one byte. */
  private void equaliseNibbles(byte[] blocks, int offset, int count) {
    for (int block = offset; block < blocks.length; block += type.blockBytes()) {
      for (int i = 0; i < count; i++) {
        int nibble = blocks[block + i] & 0xF;
        blocks[block + i] = (byte) (nibble | (nibble << 4));
      }
    }
  }

  /** Makes each group's minimum as large as its scale in the 12 bytes of Q4_K and Q5_K. */
  private void equaliseGroups(byte[] blocks) {
    for (int block = 0; block < blocks.length; block += type.blockBytes()) {
      INT.set(blocks, block + 8, (int) INT.get(blocks, block + 4));
    }
    equaliseNibbles(blocks, 12, 4);
  }

  private void setExponents(byte[] blocks) {
    int exponent = MXFP4_BIAS + (int) Math.rint(Math.log(scale) / Math.log(2));
    for (int at = 0; at < blocks.length; at += type.blockBytes()) {
      blocks[at] = (byte) Math.clamp(exponent, 1, 254);
    }
  }
}
