package dev.flyball.kernels.attention;

import dev.flyball.kernels.asm.Label;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;

/**
 * Generates the beginning of a tile: queries are copied from rows of an array, scaled, and the
 * {@link TileState} is that of a tile that has seen nothing. The rows that its values will become
 * and the queries of a later tile are asked for from memory.
 */
final class TileStartKernel {
  // Parameters, each 8 bytes.

  /** Number of queries. */
  static final int COUNT = 0;

  /** Address of two offsets in bytes for each query: {@link #QUERY_ROW} and {@link #VALUE_ROW}. */
  static final int ROWS = 1;

  /** Address of the scaled queries: (queries, keyLength). */
  static final int QUERIES = 2;

  /** Address of a float that queries are multiplied by. */
  static final int SCALE = 3;

  /** Addresses of parts of the {@link TileState}. */
  static final int MAXIMA = 4;

  static final int SUMS = 5;
  static final int OUT = 6;

  /** Bytes from a query's row to one that a later tile is likely to begin with. */
  static final int AHEAD = 7;

  static final int PARAMETERS = 8;

  /** Where the offset of a query's row in the first array stands. */
  static final int QUERY_ROW = 0;

  /** Where the offset of the row in the second array that its values become stands. */
  static final int VALUE_ROW = 8;

  /** Bytes of both offsets. */
  static final int ROW_BYTES = 16;

  private static final int CACHE_LINE = 64;

  /** Below every score that matters, and finite, so that differences of maxima are never NaN. */
  private static final float NO_SCORE = -1e30f;

  private TileStartKernel() {}

  static byte[] generate(SimdBuilder s, KvLayout layout) {
    Vec value = s.vector();
    Reg place = s.parameter(MAXIMA);
    s.constantFloat(value, NO_SCORE);
    fill(s, place, value, TileState.PADDED_QUERIES);
    Vec scale = s.vector();
    s.reload(place, SCALE);
    s.broadcast(scale, place, 0);
    Vec zero = s.vector();
    s.zero(zero);

    Reg queries = s.array(0);
    Reg values = s.array(1);
    Reg ahead = s.parameter(AHEAD);
    Reg row = s.register();
    Reg count = s.parameter(COUNT);
    Reg rows = s.parameter(ROWS);
    Reg scaled = s.parameter(QUERIES);
    Reg sums = s.parameter(SUMS);
    Reg out = s.parameter(OUT);
    Label next = new Label();
    s.bind(next);
    s.loadAddress(row, rows, QUERY_ROW);
    s.add(row, queries);
    scaleRow(s, row, scaled, scale, value, layout.keyLength());
    s.add(row, ahead);
    prefetch(s, row, layout.keyLength());
    s.loadAddress(row, rows, VALUE_ROW);
    s.add(row, values);
    prefetch(s, row, layout.valueLength());
    fill(s, sums, zero, TileState.VECTOR);
    fill(s, out, zero, layout.paddedValues());
    s.add(rows, ROW_BYTES);
    s.add(scaled, Float.BYTES * layout.keyLength());
    s.add(sums, Float.BYTES * TileState.VECTOR);
    s.add(out, Float.BYTES * layout.paddedValues());
    s.decrementAndJumpIfNotZero(count, next);
    return s.finish();
  }

  private static void prefetch(SimdBuilder s, Reg row, int floats) {
    for (int at = 0; at < Float.BYTES * floats; at += CACHE_LINE) {
      s.prefetch(row, at);
    }
  }

  private static void fill(SimdBuilder s, Reg place, Vec value, int floats) {
    for (int i = 0; i < floats; i += s.lanes()) {
      s.store(place, Float.BYTES * i, value);
    }
  }

  /** {@code to = from * scale}; what does not fill a vector lane by lane. */
  static void scaleRow(SimdBuilder s, Reg from, Reg to, Vec scale, Vec value, int length) {
    int whole = length / s.lanes() * s.lanes();
    for (int i = 0; i < whole; i += s.lanes()) {
      s.load(value, from, Float.BYTES * i);
      s.multiply(value, value, scale);
      s.store(to, Float.BYTES * i, value);
    }
    for (int i = whole; i < length; i++) {
      s.broadcast(value, from, Float.BYTES * i);
      s.multiply(value, value, scale);
      s.storeLane(to, Float.BYTES * i, value);
    }
  }
}
