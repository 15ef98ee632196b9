package dev.flyball.kernels.matmul;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.simd.InstructionSet;
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
          int most = Int8TileKernel.maxPlaces(level.newKernel(1), codes);
          assertThat(most).as("%s", type).isBetween(4, 16);
          for (int tokens = 1; tokens <= most; tokens++) {
            assertThat(Int8TileKernel.generate(level.newKernel(1), codes, tokens, false))
                .isNotEmpty();
          }
          for (int tokens = 1; tokens <= most / 2; tokens++) {
            assertThat(Int8TileKernel.generate(level.newKernel(1), codes, tokens, true))
                .isNotEmpty();
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
}
