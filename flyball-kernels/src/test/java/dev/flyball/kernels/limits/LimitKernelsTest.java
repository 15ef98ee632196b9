package dev.flyball.kernels.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Holds what the kernels claim to have done to what they return. */
class LimitKernelsTest {
  private static List<InstructionSet> levels() {
    List<InstructionSet> levels = InstructionSet.supported();
    Assumptions.assumeFalse(levels.isEmpty(), "this machine runs no generated code");
    return levels;
  }

  @Test
  void everyByteIsRead() {
    SplittableRandom random = new SplittableRandom(5);
    for (InstructionSet level : levels()) {
      try (ReadKernel kernel = new ReadKernel(level);
          Arena arena = Arena.ofConfined()) {
        MemorySegment scratch = arena.allocate(128, 8);
        for (int rounds : new int[] {1, 2, 17}) {
          MemorySegment memory = arena.allocate((long) rounds * kernel.roundBytes(), 64);
          int expected = 0;
          for (int i = 0; i < memory.byteSize() / 4; i++) {
            int value = random.nextInt();
            memory.setAtIndex(ValueLayout.JAVA_INT, i, value);
            expected += value;
          }
          assertThat(kernel.sum(memory, scratch))
              .as("%d rounds on %s", rounds, level)
              .isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void everyProductIsAdded() {
    for (InstructionSet level : levels()) {
      try (DotProductKernel kernel = new DotProductKernel(level);
          Arena arena = Arena.ofConfined()) {
        MemorySegment scratch = arena.allocate(128, 8);
        for (int rounds : new int[] {1, 2, 1000}) {
          assertThat(kernel.sum(rounds, scratch))
              .as("%d rounds on %s", rounds, level)
              .isEqualTo(
                  rounds
                      * kernel.multiplyAddsPerRound()
                      * DotProductKernel.FACTOR
                      * DotProductKernel.FACTOR);
        }
      }
    }
  }

  @Test
  void meterGivesFiguresThatAMachineCanHave() {
    try (WorkerTeam team = new WorkerTeam("limits-test", 2);
        LimitMeter meter = new LimitMeter(levels().getLast(), team)) {
      MachineLimits limits = meter.measure();
      assertThat(limits.readBytesPerSecond()).isBetween(1e8, 1e13);
      assertThat(limits.multiplyAddsPerSecond()).isBetween(1e8, 1e14);
    }
  }
}
