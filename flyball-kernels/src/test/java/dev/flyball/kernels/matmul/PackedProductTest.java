package dev.flyball.kernels.matmul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.kernels.BlockDecoder;
import dev.flyball.kernels.DifferentialTable;
import dev.flyball.kernels.EveryLevel;
import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Holds the generated products against sums in double over decoded weights and dequantised
 * activations.
 */
@ExtendWith(DifferentialTable.class)
class PackedProductTest {
  private static final long SEED = 7;
  private static final int MAX_TOKENS = 32;
  private static final int LARGE_TOKENS = 300;
  private static final int[] ROWS = {1, 3, 15, 16, 17, 33, 64};

  @TestFactory
  List<DynamicTest> productsAgreeWithTheirPlainTwin() {
    return EveryLevel.of(List.of(TensorType.values()), PackedProductTest::productsAgree);
  }

  /** Groups of one to many rows, out of order, some rows in several groups and some in none. */
  @TestFactory
  List<DynamicTest> productsOfGroupsAreThoseOfEachGroupAlone() {
    return EveryLevel.of(
        List.of(TensorType.Q4_0, TensorType.Q6_K, TensorType.F16), PackedProductTest::groupsAgree);
  }

  private static void groupsAgree(TensorType type, InstructionSet level) {
    SplittableRandom random = new SplittableRandom(SEED + type.ggmlId());
    int columns = 512;
    try (WorkerTeam team = new WorkerTeam("test", 2);
        MatrixPacker packer = new MatrixPacker(level, team);
        PackedProduct product = new PackedProduct(level, team, 3 * MAX_TOKENS, columns);
        Arena arena = Arena.ofShared()) {
      for (int round = 0; round < 12; round++) {
        RowGroups groups = new RowGroups();
        List<PackedMatrix> matrices = new ArrayList<>();
        int count = random.nextInt(1, 6);
        for (int group = 0; group < count; group++) {
          int most = round % 2 == 0 ? 3 : MAX_TOKENS;
          for (int row = random.nextInt(most); row >= 0; row -= random.nextInt(1, 3)) {
            groups.add(row);
          }
          groups.endGroup();
        }
        int[] rows = {16 * random.nextInt(1, 20), random.nextInt(1, 40)};
        for (int i = 0; i < rows.length * count; i++) {
          matrices.add(randomMatrix(type, rows[i / count], columns, packer, arena, random));
        }
        float[] x = new float[MAX_TOKENS * columns];
        for (int t = 0; t < MAX_TOKENS; t++) {
          fill(x, t * columns, columns, random);
        }
        checkGroups(product, groups, matrices, x, columns, rows);
        DifferentialTable.agreed("matmul groups", type, level);
      }
    }
  }

  private static PackedMatrix randomMatrix(
      TensorType type,
      int rows,
      int columns,
      MatrixPacker packer,
      Arena arena,
      SplittableRandom random) {
    byte[] stored = StoredBlocks.random(type, rows * columns, random);
    return packer.pack(
        new StoredMatrix(type, MemorySegment.ofArray(stored), rows, columns),
        arena.allocate(PackedMatrix.bytes(type, rows, columns), 64));
  }

  private static void checkGroups(
      PackedProduct product,
      RowGroups groups,
      List<PackedMatrix> matrices,
      float[] x,
      int columns,
      int[] rows) {
    float[][] outs = {new float[groups.size() * rows[0]], new float[groups.size() * rows[1]]};
    product.input(x, groups, columns);
    product.multiplyGroups(matrices, List.of(outs));
    for (int group = 0; group < groups.groups(); group++) {
      int size = groups.size(group);
      float[] alone = new float[size * columns];
      for (int i = 0; i < size; i++) {
        int row = groups.row(groups.first(group) + i);
        System.arraycopy(x, row * columns, alone, i * columns, columns);
      }
      product.input(alone, size, columns);
      for (int out = 0; out < outs.length; out++) {
        float[] expected = new float[size * rows[out]];
        PackedMatrix matrix = matrices.get(out * groups.groups() + group);
        product.multiply(List.of(matrix), List.of(expected));
        int first = groups.first(group) * rows[out];
        assertThat(Arrays.copyOfRange(outs[out], first, first + expected.length))
            .as("group %d of %d, result %d", group, groups.groups(), out)
            .isEqualTo(expected);
      }
    }
  }

  private static void productsAgree(TensorType type, InstructionSet level) {
    SplittableRandom random = new SplittableRandom(SEED + type.ggmlId());
    int superColumns = Math.max(32, type.blockElements());
    try (WorkerTeam team = new WorkerTeam("test", 2);
        MatrixPacker packer = new MatrixPacker(level, team);
        PackedProduct product = new PackedProduct(level, team, LARGE_TOKENS, 5 * 256)) {
      for (int tokens : new int[] {64, 65, 71, 99, 128, 257, 300}) {
        int columns = superColumns * random.nextInt(1, 1 + 5 * 256 / superColumns);
        check(type, level, product, packer, random.nextInt(1, 100), columns, tokens, random);
        DifferentialTable.agreed("matmul", type, level);
      }
      for (int rows : ROWS) {
        for (int tokens = 1; tokens <= MAX_TOKENS; tokens += random.nextInt(1, 4)) {
          int columns =
              type.blockElements() == 1
                  ? random.nextInt(1, 97)
                  : superColumns * random.nextInt(1, 4);
          check(type, level, product, packer, rows, columns, tokens, random);
          DifferentialTable.agreed("matmul", type, level);
        }
      }
    }
  }

  private static void check(
      TensorType type,
      InstructionSet level,
      PackedProduct product,
      MatrixPacker packer,
      int rows,
      int columns,
      int tokens,
      SplittableRandom random) {
    byte[] stored = StoredBlocks.random(type, rows * columns, random);
    float[] x = new float[tokens * columns];
    for (int t = 0; t < tokens; t++) {
      fill(x, t * columns, columns, random);
    }
    float[] out = new float[tokens * rows];
    float[] fine = new float[tokens * rows];
    try (Arena arena = Arena.ofShared()) {
      PackedMatrix w =
          packer.pack(
              new StoredMatrix(type, MemorySegment.ofArray(stored), rows, columns),
              arena.allocate(PackedMatrix.bytes(type, rows, columns), 64));
      product.input(x, tokens, columns);
      product.multiply(List.of(w), List.of(out));
      product.multiplyFinely(List.of(w), List.of(fine));
    }
    float[] weights = new float[rows * columns];
    BlockDecoder.decode(type, stored, 0, weights, 0, weights.length);
    boolean rounds = type.blockElements() > 1;
    boolean superScaled = tokens >= 64 && UnpackedKernels.exist(Panels.of(type), level);
    int scaleColumns = superScaled ? 256 : 32;
    checkSums(weights, rounds ? rounded(x, scaleColumns, false) : x, out, rows, columns, type);
    checkSums(weights, rounds ? rounded(x, scaleColumns, true) : x, fine, rows, columns, type);
  }

  /**
   * Mostly sane values; some rows of zeros, of extreme sizes, and some with a value that is none.
   */
  private static void fill(float[] x, int offset, int columns, SplittableRandom random) {
    float size =
        switch (random.nextInt(12)) {
          case 0 -> 0;
          case 1 -> 1e30f;
          case 2 -> 1e-40f;
          default -> 1;
        };
    for (int i = offset; i < offset + columns; i++) {
      x[i] = size * (float) random.nextGaussian() * (i % 37 == 0 ? 10 : 1);
    }
    switch (random.nextInt(12)) {
      case 0 -> x[offset + random.nextInt(columns)] = Float.NaN;
      case 1 -> x[offset + random.nextInt(columns)] = Float.NEGATIVE_INFINITY;
      default -> {
        // a row of numbers
      }
    }
  }

  private static void checkSums(
      float[] weights, float[] x, float[] out, int rows, int columns, TensorType type) {
    int tokens = out.length / rows;
    for (int t = 0; t < tokens; t++) {
      for (int r = 0; r < rows; r++) {
        double sum = 0;
        double magnitude = 0;
        for (int c = 0; c < columns; c++) {
          double term = (double) weights[r * columns + c] * x[t * columns + c];
          sum += term;
          magnitude += Math.abs(term);
        }
        float actual = out[t * rows + r];
        String where =
            "%s (%d, %d) row %d, token %d of %d".formatted(type, rows, columns, r, t, tokens);
        if (Double.isFinite(sum)) {
          assertThat((double) actual).as(where).isCloseTo(sum, within(1e-5 * magnitude + 1e-6));
        } else {
          assertThat(Float.isFinite(actual)).as("%s: %s is finite", where, actual).isFalse();
        }
      }
    }
  }

  /** What eight-bit activations stand for. */
  private static float[] rounded(float[] x, int scaleColumns, boolean fine) {
    float[] rounded = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      float scale = SlowQuantization.scale(x, i - i % scaleColumns, scaleColumns);
      rounded[i] = SlowQuantization.code(x[i], scale) * scale;
      if (fine) {
        rounded[i] += SlowQuantization.rest(x[i], scale) * (scale / 256);
      }
    }
    return rounded;
  }
}
