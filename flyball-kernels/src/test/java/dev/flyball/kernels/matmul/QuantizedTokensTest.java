package dev.flyball.kernels.matmul;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.kernels.DifferentialTable;
import dev.flyball.kernels.simd.InstructionSet;
import dev.flyball.kernels.simd.SimdBuilder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** Holds the generated quantisation, bit by bit, against plain Java. */
@ExtendWith(DifferentialTable.class)
class QuantizedTokensTest {
  private static final long SEED = 33;
  private static final int BLOCK = 32;
  private static final int COLUMNS = 16 * BLOCK;
  private static final float[] EXTREMES = {
    0f, -0f, Float.MIN_VALUE, -Float.MIN_NORMAL, 1e-37f, -3e38f, Float.MAX_VALUE, 0.5f, 1f
  };

  @TestFactory
  List<DynamicTest> tokensAreQuantisedAsInPlainJava() {
    List<InstructionSet> levels = InstructionSet.supported();
    Assumptions.assumeFalse(levels.isEmpty(), "this machine runs no generated code");
    return levels.stream()
        .flatMap(
            level ->
                layouts(level).stream()
                    .map(
                        layout ->
                            DynamicTest.dynamicTest(
                                layout + " on " + level.label(),
                                () -> {
                                  check(layout, false, level);
                                  check(layout, true, level);
                                })))
        .toList();
  }

  private static List<QuantizedLayout> layouts(InstructionSet level) {
    SimdBuilder s = level.newKernel(1);
    boolean paired = s.matrixOperations().isPresent();
    List<QuantizedLayout> layouts = new ArrayList<>(ofBlocks(paired));
    if (s.lanes() == Panels.ROWS) {
      layouts.add(new QuantizedLayout(false, 0, true, false, true));
      layouts.add(new QuantizedLayout(true, 0, true, false, true));
      layouts.add(new QuantizedLayout(true, 32, false, false, true));
      layouts.add(new QuantizedLayout(true, 8, true, false, true));
    }
    return layouts;
  }

  private static List<QuantizedLayout> ofBlocks(boolean paired) {
    return List.of(
        new QuantizedLayout(false, 8, false, paired, false),
        new QuantizedLayout(false, 0, true, paired, false),
        new QuantizedLayout(true, 32, false, paired, false),
        new QuantizedLayout(true, 0, true, paired, false),
        new QuantizedLayout(true, 128, true, paired, false),
        new QuantizedLayout(false, 0, false, paired, false));
  }

  private static void check(QuantizedLayout layout, boolean fine, InstructionSet level) {
    SplittableRandom random = new SplittableRandom(SEED);
    try (Arena arena = Arena.ofConfined();
        QuantizedTokens tokens = new QuantizedTokens(layout, fine, level, 32, COLUMNS)) {
      MemorySegment parameters = arena.allocate(8L * QuantizeKernel.COUNT, 8);
      for (int count : new int[] {1, 2, 3, 5, 7, 11, 13, 14, 15, 28, 29}) {
        float[] x = values(count, random);
        TokenTiles tiles = TokenTiles.of(count, 14);
        RowGroups rows = RowGroups.whole(count);
        for (int tile = 0; tile < tiles.tiles(); tile++) {
          int first = tiles.first(tile);
          int size = tiles.size(tile);
          tokens.fill(x, rows, COLUMNS, 0, 256, first, size, parameters);
          tokens.fill(x, rows, COLUMNS, 256, COLUMNS, first, size, parameters);
          assertThat(bytesOf(tokens, layout, fine, tiles, tile))
              .as("tile %d of %d tokens, fine: %s, seed %d", tile, count, fine, SEED)
              .isEqualTo(SlowQuantization.of(layout, fine, x, COLUMNS, tiles, tile));
          DifferentialTable.agreed("quantise", fine ? "two parts" : "one part", level);
        }
      }
    }
  }

  /** Some blocks of sane values, some of zeros, some with extreme ones, some not finite. */
  private static float[] values(int tokens, SplittableRandom random) {
    float[] x = new float[tokens * COLUMNS];
    for (int from = 0; from < x.length; from += BLOCK) {
      int kind = random.nextInt(8);
      for (int i = from; i < from + BLOCK; i++) {
        x[i] =
            switch (kind) {
              case 0 -> 0;
              case 1 -> EXTREMES[random.nextInt(EXTREMES.length)];
              case 2 -> Float.MIN_VALUE * random.nextInt(1000);
              default -> (float) random.nextGaussian();
            };
      }
      if (kind == 3) {
        x[from + random.nextInt(BLOCK)] = Float.NaN;
      } else if (kind == 4) {
        x[from + random.nextInt(BLOCK)] = Float.NEGATIVE_INFINITY;
      }
    }
    return x;
  }

  @SuppressWarnings("restricted") // the tile that was filled, with exactly this size
  private static byte[] bytesOf(
      QuantizedTokens tokens, QuantizedLayout layout, boolean fine, TokenTiles tiles, int tile) {
    long address = tokens.tileAddress(tiles.first(tile), COLUMNS);
    long bytes = layout.tileBytes((fine ? 2 : 1) * tiles.size(tile), COLUMNS);
    return MemorySegment.ofAddress(address).reinterpret(bytes).toArray(ValueLayout.JAVA_BYTE);
  }
}
