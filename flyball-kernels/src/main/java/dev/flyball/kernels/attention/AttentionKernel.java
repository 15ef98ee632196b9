package dev.flyball.kernels.attention;

import dev.flyball.kernels.asm.Label;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;
import java.util.Arrays;

/**
 * Generates attention of a tile of queries over blocks of keys and values of one head: for every
 * block the scores of all queries, then {@link OnlineSoftmax}, then the weighted values, everything
 * but keys and values in the first-level cache. While a block is computed with, the next one is
 * asked for from memory.
 */
final class AttentionKernel {
  // Parameters, each 8 bytes.

  /** Address of the scaled queries: (queries, keyLength). */
  static final int QUERIES = 0;

  /** Address of the addresses of the blocks, and of one more that is only prefetched. */
  static final int BLOCKS = 1;

  /** Number of blocks. */
  static final int COUNT = 2;

  /** Address of the addresses of what each query's scores begin with: BLOCK_TOKENS floats. */
  static final int MASK = 3;

  /** Address of the {@link TileState}. */
  static final int STATE = 4;

  /** Rounds over the values of each block. */
  static final int VALUE_ROUNDS = 5;

  static final int PARAMETERS = 6;

  private static final int TOKENS = KvLayout.BLOCK_TOKENS;
  private static final int CACHE_LINE = 64;

  /** Brings the sign of 4 bits to the top of a lane, which makes a signed number of them. */
  private static final int NIBBLE_SHIFT = 28;

  /** Vectors of scores or of values that are summed at a time. */
  private static final int WIDE = 2;

  /** Dimensions or tokens in one round of a loop: few more than that gain nothing. */
  private static final int UNROLLED = 4;

  private final SimdBuilder s;
  private final KvLayout layout;
  private final int queries;
  private final float softCap;
  private final TileState state;
  private final Reg stateAddress;
  private final Reg block;
  private final Reg nextBlock;
  private final Reg factors;
  private final Reg loop;
  private final Reg data;
  private final Reg ahead;
  private final Reg scales;

  private AttentionKernel(SimdBuilder s, KvLayout layout, int queries, float softCap) {
    this.s = s;
    this.layout = layout;
    this.queries = queries;
    this.softCap = softCap;
    state = new TileState(queries, layout.paddedValues());
    stateAddress = s.parameter(STATE);
    block = s.register();
    nextBlock = s.register();
    factors = s.register();
    loop = s.register();
    data = s.register();
    ahead = s.register();
    scales = s.register();
  }

  /** Most queries of a tile: two sums each, two loaded vectors, their scales, a broadcast one. */
  static int maxQueries(SimdBuilder fresh, KvLayout layout) {
    int scaleVectors = layout.keys().isScaled() ? WIDE : 0;
    int most = (fresh.freeVectors() - WIDE - scaleVectors - 1) / WIDE;
    return Math.min(most, TileState.PADDED_QUERIES);
  }

  /** The rounds that take in the first tokens of a block. */
  static int valueRounds(int tokens) {
    return Math.max(1, Math.ceilDiv(tokens, UNROLLED));
  }

  static byte[] generate(SimdBuilder s, KvLayout layout, int queries, float softCap) {
    return new AttentionKernel(s, layout, queries, softCap).kernel();
  }

  private byte[] kernel() {
    Reg blocks = s.parameter(BLOCKS);
    Reg count = s.parameter(COUNT);
    OnlineSoftmax softmax = new OnlineSoftmax(s, state, stateAddress, softCap);
    Label next = new Label();
    s.bind(next);
    s.loadAddress(block, blocks, 0);
    s.loadAddress(nextBlock, blocks, 8);
    Vec[] largest = scores(0);
    for (int token = WIDE * s.lanes(); token < TOKENS; token += WIDE * s.lanes()) {
      put(largest);
      largest = scores(token);
      join(largest);
    }
    softmax.emit(largest);
    for (int value = 0; value < layout.paddedValues(); value += WIDE * s.lanes()) {
      weighValues(value);
    }
    s.add(blocks, 8);
    s.decrementAndJumpIfNotZero(count, next);
    return s.finish();
  }

  /**
   * {@code score[q][token] = mask[q][token] + query[q] . key[token]} for some tokens of the block.
   *
   * @return the largest of them, a query to a lane
   */
  private Vec[] scores(int firstToken) {
    Vec[][] sums = maskedSums(firstToken);
    s.reload(factors, QUERIES);
    s.copy(data, block);
    s.copy(ahead, nextBlock);
    int group = layout.keys().isScaled() ? KvElement.SCALED : layout.keyLength();
    for (int done = 0; done < layout.keyLength(); done += group) {
      Vec[] scale = keyScales(done / group, firstToken);
      int dimensions = Math.min(group, layout.keyLength() - done);
      repeat(
          dimensions,
          d -> {
            Vec[] keys = loadAndPrefetch(layout.keys(), d * layout.keyStride(), firstToken);
            for (int v = 0; v < scale.length; v++) {
              s.multiply(keys[v], keys[v], scale[v]);
            }
            addProducts(sums, keys, 4 * layout.keyLength(), 4 * d);
          },
          step -> {
            s.add(data, step * layout.keyStride());
            s.add(ahead, step * layout.keyStride());
            s.add(factors, 4 * step);
          });
      s.release(scale);
    }
    for (int q = 0; q < queries; q++) {
      for (int v = 0; v < WIDE; v++) {
        int at = 4 * (q * TOKENS + firstToken + v * s.lanes());
        s.store(stateAddress, state.scores() + at, sums[q][v]);
      }
    }
    return largest(sums);
  }

  private Vec[] largest(Vec[][] sums) {
    Vec[] largest = new Vec[Math.ceilDiv(queries, s.lanes())];
    for (int i = 0; i < largest.length; i++) {
      int first = i * s.lanes();
      Vec[] rows = new Vec[Math.min(s.lanes(), queries - first)];
      for (int q = 0; q < rows.length; q++) {
        rows[q] = sums[first + q][0];
        s.maximum(rows[q], rows[q], sums[first + q][1]);
        s.release(sums[first + q][1]);
      }
      s.largestLanes(rows);
      largest[i] = rows[0];
      s.release(Arrays.copyOfRange(rows, 1, rows.length));
    }
    return largest;
  }

  /** Keeps the largest scores of some tokens until those of others are there. */
  private void put(Vec[] largest) {
    for (int i = 0; i < largest.length; i++) {
      s.store(stateAddress, state.largest(i * s.lanes()), largest[i]);
    }
    s.release(largest);
  }

  private void join(Vec[] largest) {
    Vec others = s.vector();
    for (int i = 0; i < largest.length; i++) {
      s.load(others, stateAddress, state.largest(i * s.lanes()));
      s.maximum(largest[i], largest[i], others);
    }
    s.release(others);
  }

  private Vec[][] maskedSums(int firstToken) {
    Vec[][] sums = new Vec[queries][WIDE];
    s.reload(factors, MASK);
    for (int q = 0; q < queries; q++) {
      s.loadAddress(data, factors, 8 * q);
      for (int v = 0; v < WIDE; v++) {
        sums[q][v] = s.vector();
        s.load(sums[q][v], data, 4 * (firstToken + v * s.lanes()));
      }
    }
    return sums;
  }

  /** The scales of a group of dimensions, of each token in a lane; none where there are none. */
  private Vec[] keyScales(int group, int firstToken) {
    if (!layout.keys().isScaled()) {
      return new Vec[0];
    }
    Vec[] scale = new Vec[WIDE];
    for (int v = 0; v < WIDE; v++) {
      int at = layout.keyScaleOffset(group, firstToken + v * s.lanes());
      scale[v] = s.vector();
      loadScales(scale[v], layout.keys(), at);
      s.prefetch(nextBlock, at);
    }
    return scale;
  }

  /** Scales that lie side by side in the block, as what loaded numbers are multiplied by. */
  private void loadScales(Vec destination, KvElement element, int offsetBytes) {
    if (element == KvElement.Q8_0) {
      s.load(destination, block, offsetBytes);
      return;
    }
    s.loadHalf(destination, block, offsetBytes);
    Vec unit = s.vector();
    s.constantFloat(unit, 1f / (1 << NIBBLE_SHIFT));
    s.multiply(destination, destination, unit);
    s.release(unit);
  }

  /** {@code out[q] = out[q] * factor[q] + sum over tokens of weight[q][token] * value[token]}. */
  private void weighValues(int firstValue) {
    int scaleStride = addressValueScales(firstValue);
    Vec[][] sums = scaledOut(firstValue);
    s.copy(factors, stateAddress);
    s.add(factors, state.scores());
    s.copy(data, block);
    s.add(data, layout.valuesOffset());
    s.copy(ahead, nextBlock);
    s.add(ahead, layout.valuesOffset());
    s.reload(loop, VALUE_ROUNDS);
    rounds(
        token -> {
          Vec[] values = loadAndPrefetch(layout.values(), token * layout.valueStride(), firstValue);
          for (int v = 0; scaleStride > 0 && v < WIDE; v++) {
            s.multiplyBroadcast(values[v], values[v], scales, token * scaleStride);
          }
          addProducts(sums, values, 4 * TOKENS, 4 * token);
        },
        step -> {
          s.add(data, step * layout.valueStride());
          s.add(ahead, step * layout.valueStride());
          s.add(factors, 4 * step);
          if (scaleStride > 0) {
            s.add(scales, step * scaleStride);
          }
        });
    for (int q = 0; q < queries; q++) {
      for (int v = 0; v < WIDE; v++) {
        s.store(stateAddress, out(q, firstValue, v), sums[q][v]);
      }
      s.release(sums[q]);
    }
  }

  /**
   * Brings the address of the first token's value scale, a float, to {@link #scales}.
   *
   * @return bytes to that of the next token; 0 where there are none
   */
  private int addressValueScales(int firstValue) {
    int group = firstValue / KvElement.SCALED;
    return switch (layout.values()) {
      case F32, F16 -> 0;
      case Q8_0 -> {
        s.copy(scales, block);
        s.add(scales, layout.valueScaleOffset(0, group));
        prefetchValueScales(firstValue);
        yield layout.valueScaleOffset(1, group) - layout.valueScaleOffset(0, group);
      }
      case Q4_0 -> {
        if (firstValue % KvElement.SCALED == 0) {
          widenValueScales(group);
        }
        s.copy(scales, stateAddress);
        s.add(scales, state.scales());
        prefetchValueScales(firstValue);
        yield Float.BYTES;
      }
    };
  }

  private void widenValueScales(int group) {
    Vec scale = s.vector();
    for (int token = 0; token < TOKENS; token += s.lanes()) {
      loadScales(scale, KvElement.Q4_0, layout.valueScaleOffset(token, group));
      s.store(stateAddress, state.scales() + 4 * token, scale);
    }
    s.release(scale);
  }

  private Vec[][] scaledOut(int firstValue) {
    Vec[][] sums = new Vec[queries][WIDE];
    for (int q = 0; q < queries; q++) {
      for (int v = 0; v < WIDE; v++) {
        sums[q][v] = s.vector();
        s.load(sums[q][v], stateAddress, out(q, firstValue, v));
        s.multiplyBroadcast(sums[q][v], sums[q][v], stateAddress, state.factor(q));
      }
    }
    return sums;
  }

  private int out(int query, int firstValue, int vector) {
    return state.out(query) + 4 * (firstValue + vector * s.lanes());
  }

  private void prefetchValueScales(int firstValue) {
    if (firstValue == 0) {
      for (int at = layout.valueScalesOffset(); at < layout.bytes(); at += CACHE_LINE) {
        s.prefetch(nextBlock, at);
      }
    }
  }

  /** Emits a part of a loop's body. */
  @FunctionalInterface
  private interface Part {
    void emit(int number);
  }

  /**
   * Emits {@code body} for 0 to {@code count - 1}, some of them at a time, and behind each round
   * what moves the addresses on by as many.
   */
  private void repeat(int count, Part body, Part advance) {
    int rounds = count / UNROLLED;
    if (rounds > 0) {
      s.set(loop, rounds);
      rounds(body, advance);
    }
    if (count % UNROLLED > 0) {
      round(count % UNROLLED, body, advance);
    }
  }

  /** As many rounds as {@link #loop} says. */
  private void rounds(Part body, Part advance) {
    Label again = new Label();
    s.bind(again);
    round(UNROLLED, body, advance);
    s.decrementAndJumpIfNotZero(loop, again);
  }

  private static void round(int steps, Part body, Part advance) {
    for (int step = 0; step < steps; step++) {
      body.emit(step);
    }
    advance.emit(steps);
  }

  /**
   * {@value #WIDE} vectors of a row of the block as floats, without their scales; the next block's
   * same lines are asked for.
   *
   * @param first number of the row that is wanted
   */
  private Vec[] loadAndPrefetch(KvElement element, int rowOffsetBytes, int first) {
    Vec[] loaded = new Vec[WIDE];
    for (int v = 0; v < WIDE; v++) {
      loaded[v] = s.vector();
      int number = first + v * s.lanes();
      int at = rowOffsetBytes + element.offsetBytes(number);
      switch (element) {
        case F32 -> s.load(loaded[v], data, at);
        case F16 -> s.loadHalf(loaded[v], data, at);
        case Q8_0 -> {
          s.loadSignedBytes(loaded[v], data, at);
          s.intToFloat(loaded[v], loaded[v]);
        }
        case Q4_0 -> loadNibbles(loaded[v], at, KvElement.isUpperNibble(number));
      }
      if (at % CACHE_LINE == 0) {
        s.prefetch(ahead, at);
      }
    }
    return loaded;
  }

  /** Four bits of each byte as a signed number times 2^{@value #NIBBLE_SHIFT}. */
  private void loadNibbles(Vec destination, int offsetBytes, boolean upper) {
    s.loadUnsignedBytes(destination, data, offsetBytes);
    if (upper) {
      s.shiftRight32(destination, destination, 4);
    }
    s.shiftLeft32(destination, destination, NIBBLE_SHIFT);
    s.intToFloat(destination, destination);
  }

  /**
   * {@code sums[q][lane] += factors[q] * loaded[lane]}, with the factors {@code stride} bytes
   * apart.
   */
  private void addProducts(Vec[][] sums, Vec[] loaded, int stride, int offsetBytes) {
    Vec factor = s.vector();
    for (int q = 0; q < queries; q++) {
      s.broadcast(factor, factors, stride * q + offsetBytes);
      for (int v = 0; v < WIDE; v++) {
        s.fma(sums[q][v], loaded[v], factor);
      }
    }
    s.release(factor);
    s.release(loaded);
  }
}
