package dev.flyball.kernels.attention;

import dev.flyball.kernels.asm.Label;
import dev.flyball.kernels.simd.Exponential;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;

/**
 * Generates attention of a tile of queries over blocks of keys and values of one head, by the
 * online softmax of arXiv:1805.02867: for every block the scores of all queries, then their maxima
 * and weights, then the weighted values, everything but keys and values in the first-level cache.
 */
final class AttentionKernel {
  // Parameters, each 8 bytes.

  /** Address of the scaled queries, transposed: (keyLength, queries). */
  static final int QUERIES = 0;

  /** Address of the addresses of the blocks. */
  static final int BLOCKS = 1;

  /** Number of blocks. */
  static final int COUNT = 2;

  /** Address of what is added to the scores of every block: (queries, BLOCK_TOKENS) floats. */
  static final int MASK = 3;

  /** Address of the {@link TileState}. */
  static final int STATE = 4;

  static final int PARAMETERS = 5;

  private static final int TOKENS = KvLayout.BLOCK_TOKENS;

  /** Vectors of scores or of values that are summed at a time. */
  private static final int WIDE = 2;

  private final SimdBuilder s;
  private final KvLayout layout;
  private final int queries;
  private final TileState state;
  private final Reg stateAddress;
  private final Reg block;
  private final Reg weights;
  private final Reg loop;
  private final Reg data;

  private AttentionKernel(SimdBuilder s, KvLayout layout, int queries) {
    this.s = s;
    this.layout = layout;
    this.queries = queries;
    state = new TileState(queries, layout.paddedValues());
    stateAddress = s.parameter(STATE);
    block = s.register();
    weights = s.register();
    loop = s.register();
    data = s.register();
  }

  /** Most queries of a tile: two sums each, two loaded vectors and a broadcast one. */
  static int maxQueries(SimdBuilder fresh) {
    return (fresh.freeVectors() - WIDE - 1) / WIDE;
  }

  static byte[] generate(SimdBuilder s, KvLayout layout, int queries) {
    return new AttentionKernel(s, layout, queries).kernel();
  }

  private byte[] kernel() {
    Reg blocks = s.parameter(BLOCKS);
    Reg count = s.parameter(COUNT);
    Label next = new Label();
    s.bind(next);
    s.loadAddress(block, blocks, 0);
    for (int token = 0; token < TOKENS; token += WIDE * s.lanes()) {
      scores(token);
    }
    softmax();
    for (int value = 0; value < layout.paddedValues(); value += WIDE * s.lanes()) {
      weighValues(value);
    }
    s.add(blocks, 8);
    s.decrementAndJumpIfNotZero(count, next);
    return s.finish();
  }

  /**
   * {@code score[q][token] = query[q] . key[token] + mask[q][token]} for some tokens of the block.
   */
  private void scores(int firstToken) {
    Vec[][] sums = zeroedSums();
    Reg query = weights;
    s.reload(query, QUERIES);
    s.copy(data, block);
    s.set(loop, layout.keyLength());
    Label nextDimension = new Label();
    s.bind(nextDimension);
    addProducts(sums, firstToken, query, 4);
    s.add(data, layout.keyStride());
    s.add(query, 4 * queries);
    s.decrementAndJumpIfNotZero(loop, nextDimension);

    Reg mask = data;
    s.reload(mask, MASK);
    Vec masked = s.vector();
    for (int q = 0; q < queries; q++) {
      for (int v = 0; v < WIDE; v++) {
        int at = 4 * (q * TOKENS + firstToken + v * s.lanes());
        s.load(masked, mask, at);
        s.addFloat(sums[q][v], sums[q][v], masked);
        s.store(stateAddress, state.scores() + at, sums[q][v]);
      }
      s.release(sums[q]);
    }
    s.release(masked);
  }

  /** Scores become weights, and what was summed before is to be scaled to the new maximum. */
  private void softmax() {
    Exponential exponential = new Exponential(s);
    int vectors = TOKENS / s.lanes();
    Vec[] scores = new Vec[vectors];
    for (int v = 0; v < vectors; v++) {
      scores[v] = s.vector();
    }
    Vec largest = s.vector();
    Vec old = s.vector();
    for (int q = 0; q < queries; q++) {
      softmaxRow(q, scores, largest, old, exponential);
    }
    s.release(scores);
    s.release(largest, old);
    exponential.release();
  }

  private void softmaxRow(int q, Vec[] scores, Vec largest, Vec old, Exponential exponential) {
    int row = state.scores() + 4 * q * TOKENS;
    s.load(old, stateAddress, state.maximum(q));
    for (int v = 0; v < scores.length; v++) {
      s.load(scores[v], stateAddress, row + v * s.bytes());
      if (v > 0) {
        s.maximum(largest, largest, scores[v]);
      } else {
        s.maximum(largest, scores[v], scores[v]);
      }
    }
    s.largestLane(largest, exponential.scratch());
    s.maximum(largest, largest, old);
    s.store(stateAddress, state.maximum(q), largest);
    s.subtract(old, old, largest);
    exponential.apply(old);
    s.store(stateAddress, state.factor(q), old);
    for (int v = 0; v < scores.length; v++) {
      s.subtract(scores[v], scores[v], largest);
      exponential.apply(scores[v]);
      s.store(stateAddress, row + v * s.bytes(), scores[v]);
    }
    s.load(largest, stateAddress, state.sum(q));
    s.multiply(largest, largest, old);
    for (Vec score : scores) {
      s.addFloat(largest, largest, score);
    }
    s.store(stateAddress, state.sum(q), largest);
  }

  /** {@code out[q] = out[q] * factor[q] + sum over tokens of weight[q][token] * value[token]}. */
  private void weighValues(int firstValue) {
    Vec[][] sums = zeroedSums();
    s.copy(weights, stateAddress);
    s.add(weights, state.scores());
    s.copy(data, block);
    s.add(data, layout.valuesOffset());
    s.set(loop, TOKENS);
    Label nextToken = new Label();
    s.bind(nextToken);
    addProducts(sums, firstValue, weights, 4 * TOKENS);
    s.add(data, layout.valueStride());
    s.add(weights, 4);
    s.decrementAndJumpIfNotZero(loop, nextToken);

    Vec out = s.vector();
    Vec factor = s.vector();
    for (int q = 0; q < queries; q++) {
      s.load(factor, stateAddress, state.factor(q));
      for (int v = 0; v < WIDE; v++) {
        int at = state.out(q) + 4 * (firstValue + v * s.lanes());
        s.load(out, stateAddress, at);
        s.fma(sums[q][v], out, factor);
        s.store(stateAddress, at, sums[q][v]);
      }
      s.release(sums[q]);
    }
    s.release(out, factor);
  }

  private Vec[][] zeroedSums() {
    Vec[][] sums = new Vec[queries][WIDE];
    for (Vec[] row : sums) {
      for (int v = 0; v < WIDE; v++) {
        row[v] = s.vector();
        s.zero(row[v]);
      }
    }
    return sums;
  }

  /**
   * {@code sums[q][lane] += factors[q] * data[first + lane]}, with the factors {@code stride} bytes
   * apart.
   */
  private void addProducts(Vec[][] sums, int first, Reg factors, int stride) {
    Vec[] loaded = new Vec[WIDE];
    for (int v = 0; v < WIDE; v++) {
      loaded[v] = s.vector();
      int element = first + v * s.lanes();
      switch (layout.element()) {
        case F32 -> s.load(loaded[v], data, 4 * element);
        case F16 -> s.loadHalf(loaded[v], data, 2 * element);
      }
    }
    Vec factor = s.vector();
    for (int q = 0; q < queries; q++) {
      s.broadcast(factor, factors, stride * q);
      for (int v = 0; v < WIDE; v++) {
        s.fma(sums[q][v], loaded[v], factor);
      }
    }
    s.release(loaded);
    s.release(factor);
  }
}
