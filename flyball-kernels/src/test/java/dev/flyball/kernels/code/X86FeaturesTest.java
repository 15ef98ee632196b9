package dev.flyball.kernels.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.kernels.code.X86Features.Registers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class X86FeaturesTest {
  private static final Registers LEAF1 = new Registers(0, 0, (1 << 12) | (1 << 27) | (1 << 29), 0);
  private static final Registers LEAF7 = new Registers(1, 0xC0030020, 1 << 11, 0);
  private static final Registers LEAF7SUB1 = new Registers(1 << 4, 0, 0, 0);

  @Test
  void thisMachineIsAsTheOperatingSystemDescribesIt() throws IOException {
    Path cpuinfo = Path.of("/proc/cpuinfo");
    Assumptions.assumeTrue(
        Files.isReadable(cpuinfo) && System.getProperty("os.arch").equals("amd64"),
        "no /proc/cpuinfo of an x86-64 processor to compare with");
    Set<String> flags =
        Files.readAllLines(cpuinfo).stream()
            .filter(line -> line.startsWith("flags"))
            .limit(1)
            .flatMap(line -> Arrays.stream(line.split("\\s+")))
            .collect(Collectors.toSet());
    X86Features features = X86Features.ofThisMachine();
    assertThat(features.avx2()).isEqualTo(flags.contains("avx2"));
    assertThat(features.avxVnni()).isEqualTo(flags.contains("avx_vnni"));
    assertThat(features.avx512()).isEqualTo(flags.contains("avx512bw"));
    assertThat(features.avx512Vnni()).isEqualTo(flags.contains("avx512_vnni"));
  }

  @Test
  void whatTheOperatingSystemDoesNotSaveIsNotUsed() {
    assertThat(X86Features.of(LEAF1, LEAF7, LEAF7SUB1, 0xE7))
        .isEqualTo(new X86Features(true, true, true, true));
    assertThat(X86Features.of(LEAF1, LEAF7, LEAF7SUB1, 0x07))
        .isEqualTo(new X86Features(true, true, false, false));
    assertThat(X86Features.of(LEAF1, LEAF7, LEAF7SUB1, 0x03))
        .isEqualTo(new X86Features(false, false, false, false));
  }
}
