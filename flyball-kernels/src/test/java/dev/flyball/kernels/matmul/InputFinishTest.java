package dev.flyball.kernels.matmul;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.kernels.EveryLevel;
import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Products that finish their input, however it is cut to pieces, against products of the finished
 * one. Columns are enough for tiles to be cut where they are few.
 */
class InputFinishTest {
  private static final long SEED = 41;
  private static final int COLUMNS = 4096;
  private static final int ROWS = 20;
  private static final int[] TOKENS = {1, 2, 13, 16, 47, 64, 130};
  private static final int MOST_TOKENS = 130;
  private static final float[] VALUES = values();

  private static float[] values() {
    SplittableRandom random = new SplittableRandom(SEED);
    float[] values = new float[MOST_TOKENS * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  @TestFactory
  List<DynamicTest> everyValueIsFinishedOnceBeforeItIsRounded() {
    return tests(
        (product, w) -> {
          for (int tokens : TOKENS) {
            RowGroups groups = RowGroups.whole(tokens);
            check(product, w, groups, false);
            check(product, w, groups, true);
          }
        });
  }

  @TestFactory
  List<DynamicTest> everyValueOfEachGroupIsFinishedOnce() {
    return tests(
        (product, w) -> {
          RowGroups groups = new RowGroups();
          for (int size : new int[] {3, 1, 70}) {
            for (int i = 0; i < size; i++) {
              groups.add(MOST_TOKENS - 1 - groups.first(groups.groups()) - i);
            }
            groups.endGroup();
          }
          check(product, w, groups, false);
          check(product, w, groups, true);
        });
  }

  private static List<DynamicTest> tests(BiConsumer<PackedProduct, PackedMatrix> check) {
    return EveryLevel.of(
        List.of(TensorType.Q4_0, TensorType.Q6_K, TensorType.F16),
        (type, level) -> with(type, level, check));
  }

  private static void with(
      TensorType type, InstructionSet level, BiConsumer<PackedProduct, PackedMatrix> check) {
    try (WorkerTeam team = new WorkerTeam("test", 2);
        MatrixPacker packer = new MatrixPacker(level, team);
        PackedProduct product = new PackedProduct(level, team, MOST_TOKENS, COLUMNS);
        Arena arena = Arena.ofShared()) {
      check.accept(product, matrix(type, packer, arena));
    }
  }

  private static void check(
      PackedProduct product, PackedMatrix w, RowGroups groups, boolean wholeRows) {
    float[] x = VALUES.clone();
    float[] finished = x.clone();
    for (int place = 0; place < groups.size(); place++) {
      new Tripling(finished, wholeRows).finish(groups.row(place), 0, COLUMNS, 0);
    }
    List<PackedMatrix> matrices = Collections.nCopies(groups.groups(), w);
    float[] out = new float[groups.size() * ROWS];
    product.input(x, groups, COLUMNS, new Tripling(x, wholeRows));
    product.multiplyGroups(matrices, List.of(out));
    float[] expected = new float[groups.size() * ROWS];
    product.input(finished, groups, COLUMNS);
    product.multiplyGroups(matrices, List.of(expected));
    assertThat(x).as("input of %d rows", groups.size()).isEqualTo(finished);
    assertThat(out).as("product of %d rows", groups.size()).isEqualTo(expected);
  }

  private static PackedMatrix matrix(TensorType type, MatrixPacker packer, Arena arena) {
    byte[] stored = StoredBlocks.random(type, ROWS * COLUMNS, new SplittableRandom(SEED));
    return packer.pack(
        new StoredMatrix(type, MemorySegment.ofArray(stored), ROWS, COLUMNS),
        arena.allocate(PackedMatrix.bytes(type, ROWS, COLUMNS), 64));
  }

  /** Triples values: a value that it meets twice shows it. */
  private static final class Tripling implements InputFinish {
    private final float[] x;
    private final boolean wholeRows;

    Tripling(float[] x, boolean wholeRows) {
      this.x = x;
      this.wholeRows = wholeRows;
    }

    @Override
    public boolean takesWholeRows() {
      return wholeRows;
    }

    @Override
    public void finish(int row, int from, int end, int worker) {
      if (wholeRows && (from != 0 || end != COLUMNS)) {
        throw new IllegalArgumentException("columns " + from + " to " + end);
      }
      for (int i = row * COLUMNS + from; i < row * COLUMNS + end; i++) {
        x[i] *= 3;
      }
    }
  }
}
