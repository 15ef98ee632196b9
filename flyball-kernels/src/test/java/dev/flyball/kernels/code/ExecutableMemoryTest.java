package dev.flyball.kernels.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class ExecutableMemoryTest {
  private static final Path MAPS = Path.of("/proc/self/maps");
  private static final byte[] ANY_CODE = {(byte) 0xC3};

  @Test
  void pagesAreExecutableAndNotWritable() throws IOException {
    Assumptions.assumeTrue(Files.isReadable(MAPS), "needs " + MAPS);
    ExecutableMemory memory = ExecutableMemory.require(ANY_CODE);
    long address = memory.entry().address();

    assertThat(permissionsAt(address)).contains("r-xp");

    memory.close();
    assertThat(permissionsAt(address)).isNotEqualTo(Optional.of("r-xp"));
  }

  /** The second column of the line whose range holds the address. */
  private static Optional<String> permissionsAt(long address) throws IOException {
    try (Stream<String> lines = Files.lines(MAPS)) {
      return lines
          .map(line -> line.split(" "))
          .filter(columns -> holds(columns[0], address))
          .map(columns -> columns[1])
          .findFirst();
    }
  }

  private static boolean holds(String range, long address) {
    int dash = range.indexOf('-');
    return Long.compareUnsigned(Long.parseUnsignedLong(range.substring(0, dash), 16), address) <= 0
        && Long.compareUnsigned(address, Long.parseUnsignedLong(range.substring(dash + 1), 16)) < 0;
  }
}
