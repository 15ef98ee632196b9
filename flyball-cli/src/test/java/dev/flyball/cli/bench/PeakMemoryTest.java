package dev.flyball.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class PeakMemoryTest {
  private static final long BYTES = 256L << 20;

  @Test
  void memoryGivenBackIsCountedUnlessItWasTakenAside() {
    Assumptions.assumeTrue(
        Files.isWritable(Path.of("/proc/self/clear_refs")), "this system keeps no peak to reset");
    PeakMemory peak = new PeakMemory();
    long before = peak.bytes().orElseThrow();

    peak.without(PeakMemoryTest::takeAndGiveBack);
    assertThat(peak.bytes().orElseThrow()).isLessThan(before + BYTES / 2);

    takeAndGiveBack();
    assertThat(peak.bytes().orElseThrow()).isGreaterThan(before + BYTES / 2);
  }

  private static void takeAndGiveBack() {
    try (Arena arena = Arena.ofConfined()) {
      arena.allocate(BYTES).fill((byte) 1);
    }
  }
}
