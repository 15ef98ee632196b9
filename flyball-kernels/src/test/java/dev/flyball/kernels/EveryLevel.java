package dev.flyball.kernels;

import dev.flyball.kernels.simd.InstructionSet;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;

/** A test of several kinds of something on every level that this machine runs. */
public final class EveryLevel {
  private EveryLevel() {}

  /** One test for each kind and level; skipped where the machine runs no generated code. */
  public static <T> List<DynamicTest> of(List<T> kinds, BiConsumer<T, InstructionSet> test) {
    List<InstructionSet> levels = InstructionSet.supported();
    Assumptions.assumeFalse(levels.isEmpty(), "this machine runs no generated code");
    return levels.stream()
        .flatMap(
            level ->
                kinds.stream()
                    .map(
                        kind ->
                            DynamicTest.dynamicTest(
                                kind + " on " + level.label(), () -> test.accept(kind, level))))
        .toList();
  }
}
