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
          assertThat(Int8TileKernel.maxPlaces(level.newKernel(1), codes, 1))
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

  private static void generate(InstructionSet level, CodePanels codes, int panels) {
    int most = Int8TileKernel.maxPlaces(level.newKernel(1), codes, panels);
    for (int places = 1; places <= most; places++) {
      assertThat(Int8TileKernel.generate(level.newKernel(1), codes, panels, places, false))
          .isNotEmpty();
      if (places % 2 == 0) {
        assertThat(Int8TileKernel.generate(level.newKernel(1), codes, panels, places / 2, true))
            .isNotEmpty();
      }
    }
  }
}
