package dev.flyball.kernels.recurrence;

import dev.flyball.kernels.asm.Label;
import dev.flyball.kernels.code.ExecutableMemory;
import dev.flyball.kernels.code.NativeCode;
import dev.flyball.kernels.simd.InstructionSet;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * The gated delta rule, as {@link dev.flyball.kernels.GatedDeltaRule} has it. A pass over the state
 * writes what the token before has changed and reads with the key and the query of this one.
 */
public final class DeltaRuleKernel extends ScanKernel {
  /** Byte offsets in an entry: {@code change = TAKE value - LEAVE (S^T key)}, as they are. */
  private static final int TAKE = FLOATS;

  private static final int LEAVE = FLOATS + 4;

  /** {@code result = READ (S^T query + KEY_QUERY change)}. */
  private static final int READ = FLOATS + 8;

  private static final int KEY_QUERY = FLOATS + 12;
  private static final int KEY_SQUARES = FLOATS + 16;
  private static final int QUERY_SQUARES = FLOATS + 20;

  private final ExecutableMemory products;
  private final float epsilon;
  private final double queryLength;

  /**
   * @param rows values of a key
   * @param columns values of a value, as {@link #takes} allows
   * @param epsilon added to the square of a key's or query's length
   */
  public DeltaRuleKernel(InstructionSet level, int rows, int columns, float epsilon) {
    super(new Code(level.newKernel(3), rows, columns));
    products = ExecutableMemory.require(products(level.newKernel(1), rows));
    this.epsilon = epsilon;
    queryLength = 1 / Math.sqrt(rows);
  }

  /** Emits the products of each entry's key and query with themselves and with each other. */
  private static byte[] products(SimdBuilder s, int rows) {
    Reg entry = s.parameter(LIST);
    Reg tokens = s.parameter(COUNT);
    Reg keyPlace = s.register();
    Reg queryPlace = s.register();
    Reg count = s.register();
    Vec key = s.vector();
    Vec query = s.vector();
    Vec keySquares = s.vector();
    Vec querySquares = s.vector();
    Vec keyQuery = s.vector();
    Label nextToken = new Label();
    s.bind(nextToken);
    s.loadAddress(keyPlace, entry, KEY);
    s.add(keyPlace, s.array(0));
    s.loadAddress(queryPlace, entry, QUERY);
    s.add(queryPlace, s.array(0));
    s.set(count, rows / s.lanes());
    s.zero(keySquares);
    s.zero(querySquares);
    s.zero(keyQuery);
    Label next = new Label();
    s.bind(next);
    s.load(key, keyPlace, 0);
    s.load(query, queryPlace, 0);
    s.fma(keySquares, key, key);
    s.fma(querySquares, query, query);
    s.fma(keyQuery, key, query);
    s.add(keyPlace, s.bytes());
    s.add(queryPlace, s.bytes());
    s.decrementAndJumpIfNotZero(count, next);
    storeSum(s, entry, KEY_SQUARES, keySquares, key);
    storeSum(s, entry, QUERY_SQUARES, querySquares, key);
    storeSum(s, entry, KEY_QUERY, keyQuery, key);
    s.add(entry, ENTRY_BYTES);
    s.decrementAndJumpIfNotZero(tokens, nextToken);
    return s.finish();
  }

  private static void storeSum(SimdBuilder s, Reg entry, int offsetBytes, Vec vector, Vec scratch) {
    s.sumLanes(vector, scratch);
    s.storeLane(entry, offsetBytes, vector);
  }

  @Override
  void measure(float[] x, MemorySegment parameters) {
    NativeCode.call(products.entry(), parameters.address(), x);
  }

  @Override
  void setFactors(MemorySegment parameters, int entry, float write, float rest) {
    double key = 1 / Math.sqrt(getFloat(parameters, entry, KEY_SQUARES) + epsilon);
    double query = queryLength / Math.sqrt(getFloat(parameters, entry, QUERY_SQUARES) + epsilon);
    setFloat(parameters, entry, TAKE, (float) (rest * key * write));
    setFloat(parameters, entry, LEAVE, (float) (key * key * write));
    setFloat(parameters, entry, READ, (float) (query / rest));
  }

  @Override
  public void close() {
    super.close();
    products.close();
  }

  private static final class Code extends ScanCode {
    private final Vec written;
    private final Vec key;
    private final Vec query;
    private Vec[] change = {};
    private Vec[] present = {};
    private Vec[] results = {};

    Code(SimdBuilder s, int rows, int columns) {
      super(s, rows, columns, 3, 3);
      written = s.vector();
      key = s.vector();
      query = s.vector();
    }

    @Override
    void take(int vectors) {
      change = vectors(vectors);
      present = vectors(vectors);
      results = vectors(vectors);
    }

    @Override
    void release() {
      s.release(change);
      s.release(present);
      s.release(results);
    }

    @Override
    void firstPass() {
      begin();
      loadScalar(written, SCALE);
      overRows(Optional.of(written), Optional.empty(), reads(), change.length);
    }

    @Override
    void pass() {
      begin();
      overRows(Optional.empty(), Optional.of(update()), reads(), change.length);
    }

    private void begin() {
      zero(present);
      zero(results);
      pointTo(first, KEY);
      pointTo(second, QUERY);
    }

    /** Of the token before. */
    private Update update() {
      pointTo(third, KEY - ENTRY_BYTES);
      return new Update(new RowFactor(third, written), List.of(change));
    }

    private List<Read> reads() {
      return List.of(
          new Read(new RowFactor(first, key), List.of(List.of(present))),
          new Read(new RowFactor(second, query), List.of(List.of(results))));
    }

    @Override
    void finishToken() {
      pointToValue(first);
      pointToResult(second);
      s.broadcast(key, entry, TAKE);
      s.broadcast(query, entry, LEAVE);
      for (int j = 0; j < change.length; j++) {
        s.load(change[j], first, j * s.bytes());
        s.multiply(change[j], change[j], key);
        s.multiply(present[j], present[j], query);
        s.subtract(change[j], change[j], present[j]);
      }
      s.broadcast(key, entry, KEY_QUERY);
      s.broadcast(query, entry, READ);
      for (int j = 0; j < results.length; j++) {
        s.fma(results[j], change[j], key);
        s.multiply(results[j], results[j], query);
        s.store(second, j * s.bytes(), results[j]);
      }
    }

    @Override
    void finishStrip() {
      overRows(Optional.empty(), Optional.of(update()), List.of(), change.length);
    }
  }
}
