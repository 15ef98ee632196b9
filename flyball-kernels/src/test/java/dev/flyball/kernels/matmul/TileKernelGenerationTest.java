package dev.flyball.kernels.matmul;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.simd.InstructionSet;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Generates the code of every level, also of those that this machine cannot run. */
class TileKernelGenerationTest {
  @ParameterizedTest
  @EnumSource
  void everyTileOfEveryTypeFitsTheRegisters(InstructionSet level) {
    for (TensorType type : TensorType.values()) {
      switch (Panels.of(type)) {
        case CodePanels codes -> {
          assertThat(Int8TileKernel.maxTokens(level.newKernel(1), codes, 1, false))
              .as("%s", type)
              .isBetween(4, 16);
          for (int panels = 1; panels <= 2; panels++) {
            generate(level, codes, panels);
          }
        }
        case FloatPanels floats -> {
          int most = FloatTileKernel.maxTokens(level.newKernel(1));
          assertThat(most).as("%s", type).isBetween(4, 16);
          for (int tokens = 1; tokens <= most; tokens++) {
            assertThat(FloatTileKernel.generate(level.newKernel(1), floats, tokens)).isNotEmpty();
          }
        }
      }
    }
  }

  @Test
  void tokensAreMultipliedTwoByTwoWhereTheProcessorMultipliesMatrices() {
    CodePanels format = CodePanels.of(TensorType.Q4_0);
    for (int tokens = 1; tokens <= 4; tokens++) {
      assertThat(matrixProducts(InstructionSet.NEON_DOTPROD, format, tokens)).isZero();
      // Four rows at once and four eights of columns: two products each for every pair of tokens.
      int pairs = tokens == 1 ? 0 : Math.ceilDiv(tokens, 2);
      assertThat(matrixProducts(InstructionSet.NEON_I8MM, format, tokens))
          .as("%d tokens", tokens)
          .isEqualTo(Panels.ROWS / 4 * 4 * 2L * pairs);
    }
  }

  /** Instructions smmla in a kernel. */
  private static long matrixProducts(InstructionSet level, CodePanels format, int tokens) {
    byte[] code = Int8TileKernel.generate(level.newKernel(1), format, 1, tokens, false);
    IntBuffer words = ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
    return IntStream.range(0, words.limit())
        .filter(i -> (words.get(i) & 0xFFE0FC00) == 0x4E80A400)
        .count();
  }

  private static void generate(InstructionSet level, CodePanels codes, int panels) {
    for (boolean fine : new boolean[] {false, true}) {
      int most = Int8TileKernel.maxTokens(level.newKernel(1), codes, panels, fine);
      for (int tokens = 1; tokens <= most; tokens++) {
        assertThat(Int8TileKernel.generate(level.newKernel(1), codes, panels, tokens, fine))
            .isNotEmpty();
      }
    }
  }
}
