package dev.flyball.kernels.simd;

import dev.flyball.kernels.asm.Label;
import java.util.Optional;

/**
 * Builds one kernel: a function of the address of a block of 64-bit parameters and of up to three
 * arrays. Registers are taken and released by name, memory is addressed as register plus a
 * constant; lanes are 32 bits wide, float or int by operation. A back end that lacks an operation
 * composes it of others with scratch registers of its own. Not thread-safe.
 */
public interface SimdBuilder {
  /** 32-bit lanes in a vector. */
  int lanes();

  /** Vectors that are free to be held. */
  int freeVectors();

  /** Bytes in a vector. */
  default int bytes() {
    return 4 * lanes();
  }

  /** The finished code. */
  byte[] finish();

  // ---- registers

  Vec vector();

  void release(Vec... vectors);

  /** A register without a value. */
  Reg register();

  void release(Reg... registers);

  /** A new register that holds parameter {@code index}. */
  Reg parameter(int index);

  /** The register that holds the address of array 0, 1 or 2 of the call; to be taken once. */
  Reg array(int index);

  /** A new register that holds the address of these numbers, which become part of the code. */
  Reg constants(float... values);

  /** Loads parameter {@code index} again. */
  void reload(Reg destination, int index);

  void set(Reg destination, long value);

  void copy(Reg destination, Reg source);

  /** Loads 64 bits: an address from a table of addresses. */
  void loadAddress(Reg destination, Reg base, int offsetBytes);

  void add(Reg destination, int bytes);

  void add(Reg destination, Reg bytes);

  // ---- control

  void bind(Label label);

  /** Decrements and jumps while the result is not zero. */
  void decrementAndJumpIfNotZero(Reg counter, Label target);

  // ---- memory

  void load(Vec destination, Reg base, int offsetBytes);

  void store(Reg base, int offsetBytes, Vec source);

  /** Stores the first lane only. */
  void storeLane(Reg base, int offsetBytes, Vec source);

  /**
   * Stores 32 ints as signed bytes, those beyond their range as its ends.
   *
   * @param ints as many vectors as hold 32 lanes, in order; without value afterwards
   */
  void storeSignedBytes(Reg base, int offsetBytes, Vec... ints);

  /** Stores floats as halves, rounded to the nearest. */
  void storeHalf(Reg base, int offsetBytes, Vec source);

  /** One 32-bit element over all lanes. */
  void broadcast(Vec destination, Reg base, int offsetBytes);

  /** As many halves as there are lanes, as floats. */
  void loadHalf(Vec destination, Reg base, int offsetBytes);

  /** As many unsigned bytes as there are lanes, as ints. */
  void loadUnsignedBytes(Vec destination, Reg base, int offsetBytes);

  /** As many signed bytes as there are lanes, as ints. */
  void loadSignedBytes(Vec destination, Reg base, int offsetBytes);

  /** As many bfloat16s as there are lanes, as floats. */
  void loadBrainFloats(Vec destination, Reg base, int offsetBytes);

  /**
   * Loads 16 bytes of as many rows as there are lanes and turns them over: {@code quads[j]} gets
   * bytes 4j to 4j+3 of each row, a row to a lane.
   *
   * @param quads four vectors
   * @param row address of the first row
   * @param rowBytes from row to row
   */
  void loadRows(Vec[] quads, Reg row, Reg rowBytes, int offsetBytes);

  /** Stores the lower half of each lane, one behind the other; {@code source} loses its value. */
  void storeLowHalves(Reg base, int offsetBytes, Vec source);

  /** Stores the lowest byte of each lane, likewise. */
  void storeLowBytes(Reg base, int offsetBytes, Vec source);

  void prefetch(Reg base, int offsetBytes);

  // ---- floats

  void zero(Vec destination);

  void copy(Vec destination, Vec source);

  void addFloat(Vec destination, Vec a, Vec b);

  void subtract(Vec destination, Vec a, Vec b);

  void multiply(Vec destination, Vec a, Vec b);

  void divide(Vec destination, Vec a, Vec b);

  void squareRoot(Vec destination, Vec source);

  /** The larger of both; b where either is NaN. */
  void maximum(Vec destination, Vec a, Vec b);

  /** The smaller of both; b where either is NaN. */
  void minimum(Vec destination, Vec a, Vec b);

  /** The same float over the whole vector. */
  void constantFloat(Vec destination, float value);

  /** Sums all lanes of {@code vector} into each of them. */
  void sumLanes(Vec vector, Vec scratch);

  /** Brings the largest lane of {@code vector} into each of them. */
  void largestLane(Vec vector, Vec scratch);

  /**
   * Brings the largest lane of each vector into lane 0, 1 and so on of the first one, whose other
   * lanes and all other vectors are without value then.
   *
   * @param vectors at most as many as there are lanes
   */
  void largestLanes(Vec... vectors);

  /** Exchanges lanes 0 and 1, 2 and 3, and so on. */
  void swapNeighbours(Vec destination, Vec source);

  /** {@code destination = a * memory}, one element over all lanes. */
  void multiplyBroadcast(Vec destination, Vec a, Reg base, int offsetBytes);

  /** {@code accumulator += a * b}. */
  void fma(Vec accumulator, Vec a, Vec b);

  /** {@code accumulator += a * memory}, one element over all lanes. */
  void fmaBroadcast(Vec accumulator, Vec a, Reg base, int offsetBytes);

  /** {@code accumulator = accumulator * x + memory}, one element over all lanes. */
  void hornerStep(Vec accumulator, Vec x, Reg base, int offsetBytes);

  /** {@code accumulator = accumulator * x + b}. */
  void hornerStep(Vec accumulator, Vec x, Vec b);

  void intToFloat(Vec destination, Vec source);

  /** To the nearest integer, halves to even. */
  void floatToInt(Vec destination, Vec source);

  // ---- integers

  void addInt(Vec destination, Vec a, Vec b);

  /** The larger of both, as signed ints. */
  void maximumInt(Vec destination, Vec a, Vec b);

  /** Brings the largest lane of {@code vector}, as a signed int, into each of them. */
  void largestIntLane(Vec vector, Vec scratch);

  void and(Vec destination, Vec a, Vec b);

  void or(Vec destination, Vec a, Vec b);

  /** {@code destination |= a & mask}. */
  void orMasked(Vec destination, Vec a, Vec mask);

  void xor(Vec destination, Vec a, Vec b);

  /** Shifts 32-bit lanes to the right, filling with zeros. */
  void shiftRight32(Vec destination, Vec source, int count);

  /** Shifts 32-bit lanes to the left. */
  void shiftLeft32(Vec destination, Vec source, int count);

  /**
   * {@code destination[i] = table[codes[i]]} for codes below 16; the table's 16 bytes repeat
   * through the whole vector.
   */
  void lookup(Vec destination, Vec table, Vec codes);

  /** Shifts 16-bit lanes to the right, filling with zeros. */
  void shiftRight16(Vec destination, Vec source, int count);

  /** Shifts 16-bit lanes to the left. */
  void shiftLeft16(Vec destination, Vec source, int count);

  /** The same int over the whole vector. */
  void constantInt(Vec destination, int value);

  /** The byte over the whole vector. */
  void constantByte(Vec destination, int value);

  /**
   * {@code accumulator[i] += sum over j of bytes[4i+j] * signed(memory[j])}: the same four signed
   * bytes for every lane. The bytes are unsigned, and at most 127 where {@link #signedBias()} is 0.
   */
  void dotBroadcast(Vec accumulator, Vec bytes, Reg base, int offsetBytes);

  /**
   * {@code accumulator[i] += sum over j of bytes[4i+j] * signedBytes[4i+j]}; the bytes are as in
   * {@link #dotBroadcast}.
   */
  void dot(Vec accumulator, Vec bytes, Vec signedBytes);

  /**
   * What has to be added to signed bytes so that {@link #dotBroadcast} takes them: 128 where it
   * takes all unsigned bytes, 0 where {@link #dotSignedBroadcast} is to be used instead.
   */
  int signedBias();

  /**
   * Prepares {@link #dotSignedBroadcast}: the magnitudes of signed bytes, as unsigned ones, where
   * the processor needs them.
   */
  void magnitudes(Vec destination, Vec signedBytes);

  /**
   * As {@link #dotBroadcast} for signed bytes; only where {@link #signedBias()} is 0. The bytes in
   * memory must not be -128.
   *
   * @param magnitudes of {@code signedBytes}, from {@link #magnitudes}
   */
  void dotSignedBroadcast(
      Vec accumulator, Vec signedBytes, Vec magnitudes, Reg base, int offsetBytes);

  /** Products of small matrices, where the processor has them. */
  default Optional<MatrixOperations> matrixOperations() {
    return Optional.empty();
  }
}
