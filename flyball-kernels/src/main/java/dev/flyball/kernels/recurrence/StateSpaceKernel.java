package dev.flyball.kernels.recurrence;

import dev.flyball.kernels.simd.InstructionSet;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/** The rule of Mamba-2, as {@link dev.flyball.kernels.StateSpaceRule} has it. */
public final class StateSpaceKernel extends ScanKernel {
  /** Byte offsets in an entry of what is written of a value, and of a result's factor. */
  private static final int WRITE = FLOATS;

  private static final int READ = FLOATS + 4;

  /**
   * @param rows values of a key
   * @param columns values of a value, as {@link #takes} allows
   */
  public StateSpaceKernel(InstructionSet level, int rows, int columns) {
    super(new Code(level.newKernel(3), rows, columns));
  }

  @Override
  void measure(float[] x, MemorySegment parameters) {
    // Keys and queries are taken as they are.
  }

  @Override
  void setFactors(MemorySegment parameters, int entry, float write, float rest) {
    setFloat(parameters, entry, WRITE, write * rest);
    setFloat(parameters, entry, READ, 1 / rest);
  }

  private static final class Code extends ScanCode {
    private static final int SETS = 2;

    private final Vec key;
    private final Vec query;
    private Vec[] change = {};
    private Vec[] sums = {};
    private Vec[] otherSums = {};

    Code(SimdBuilder s, int rows, int columns) {
      super(s, rows, columns, 1 + SETS, 3);
      key = s.vector();
      query = s.vector();
    }

    @Override
    void take(int vectors) {
      change = vectors(vectors);
      sums = vectors(vectors);
      otherSums = vectors(vectors);
    }

    @Override
    void release() {
      s.release(change);
      s.release(sums);
      s.release(otherSums);
    }

    @Override
    void firstPass() {
      begin();
      Vec scale = s.vector();
      loadScalar(scale, SCALE);
      overRows(Optional.of(scale), Optional.of(update()), List.of(read()), change.length);
      s.release(scale);
    }

    @Override
    void pass() {
      begin();
      overRows(Optional.empty(), Optional.of(update()), List.of(read()), change.length);
    }

    private void begin() {
      pointToValue(third);
      s.broadcast(value, entry, WRITE);
      for (int j = 0; j < change.length; j++) {
        s.load(change[j], third, j * s.bytes());
        s.multiply(change[j], change[j], value);
      }
      zero(sums);
      zero(otherSums);
      pointTo(first, KEY);
      pointTo(second, QUERY);
    }

    private Update update() {
      return new Update(new RowFactor(first, key), List.of(change));
    }

    private Read read() {
      return new Read(new RowFactor(second, query), List.of(List.of(sums), List.of(otherSums)));
    }

    @Override
    void finishToken() {
      pointToValue(third);
      pointToResult(second);
      s.broadcast(query, entry, READ);
      loadScalar(key, DIRECT);
      for (int j = 0; j < sums.length; j++) {
        s.addFloat(sums[j], sums[j], otherSums[j]);
        s.multiply(sums[j], sums[j], query);
        s.load(value, third, j * s.bytes());
        s.fma(sums[j], value, key);
        s.store(second, j * s.bytes(), sums[j]);
      }
    }

    @Override
    void finishStrip() {
      // The last token has been written.
    }
  }
}
