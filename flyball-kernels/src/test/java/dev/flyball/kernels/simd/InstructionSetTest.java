package dev.flyball.kernels.simd;

import static dev.flyball.kernels.simd.InstructionSet.AVX2;
import static dev.flyball.kernels.simd.InstructionSet.AVX2_VNNI;
import static dev.flyball.kernels.simd.InstructionSet.AVX512_VNNI;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InstructionSetTest {
  private static final List<InstructionSet> ALL = List.of(AVX2, AVX2_VNNI, AVX512_VNNI);

  @Test
  void bestLevelIsChosenWhereNothingIsForced() {
    assertThat(InstructionSet.choose(ALL, Optional.empty())).contains(AVX512_VNNI);
    assertThat(InstructionSet.choose(List.of(AVX2), Optional.empty())).contains(AVX2);
    assertThat(InstructionSet.choose(List.of(), Optional.empty())).isEmpty();
  }

  @Test
  void everyLevelCanBeForcedByItsLabel() {
    for (InstructionSet level : ALL) {
      assertThat(InstructionSet.choose(ALL, Optional.of(level.label()))).contains(level);
    }
    assertThat(InstructionSet.choose(ALL, Optional.of(" Avx2_VNNI "))).contains(AVX2_VNNI);
  }

  @Test
  void plainTurnsGeneratedCodeOff() {
    assertThat(InstructionSet.choose(ALL, Optional.of("plain"))).isEmpty();
    assertThat(InstructionSet.choose(List.of(), Optional.of("plain"))).isEmpty();
  }

  @Test
  void unknownLevelIsRefusedWithThoseThatThisMachineHas() {
    assertThatThrownBy(() -> InstructionSet.choose(ALL, Optional.of("sse2")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "FLYBALL_ISA=sse2 is not among what this machine can run:"
                + " plain, avx2, avx2_vnni, avx512_vnni");
  }

  @Test
  void levelThatThisMachineLacksIsRefused() {
    assertThatThrownBy(() -> InstructionSet.choose(List.of(AVX2), Optional.of("avx512_vnni")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("FLYBALL_ISA=avx512_vnni is not among what this machine can run: plain, avx2");
    assertThatThrownBy(() -> InstructionSet.choose(List.of(), Optional.of("avx2")))
        .hasMessageEndingWith("can run: plain");
  }

  @Test
  void thisMachineRunsLevelsOfItsOwnArchitectureOnly() {
    boolean arm64 = System.getProperty("os.arch").equals("aarch64");
    assertThat(InstructionSet.supported())
        .allMatch(level -> level.name().startsWith("NEON") == arm64);
  }

  @Test
  void everyLevelGeneratesCodeOnAnyMachine() {
    for (InstructionSet level : InstructionSet.values()) {
      SimdBuilder s = level.newKernel(3);
      int free = s.freeVectors();
      Vec vector = s.vector();
      assertThat(s.freeVectors()).isEqualTo(free - 1);
      s.release(vector);
      assertThat(s.freeVectors()).isEqualTo(free);
      assertThat(s.finish()).as(level.label()).isNotEmpty();
    }
  }
}
