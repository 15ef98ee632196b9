package dev.flyball.kernels.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class Arm64FeaturesTest {
  private static final long ASIMD = 1 << 1;
  private static final long ASIMDDP = 1 << 20;
  private static final long I8MM = 1 << 13;

  @Test
  void dotProductsNeedTheirFlagAndThatOfNeon() {
    assertThat(Arm64Features.of(ASIMD | ASIMDDP, 0)).isEqualTo(new Arm64Features(true, false));
    assertThat(Arm64Features.of(~ASIMDDP, 0).dotProduct()).isFalse();
    assertThat(Arm64Features.of(~ASIMD, 0).dotProduct()).isFalse();
    assertThat(Arm64Features.of(0, 0).dotProduct()).isFalse();
  }

  @Test
  void matrixProductsNeedTheirFlagAndDotProducts() {
    assertThat(Arm64Features.of(ASIMD | ASIMDDP, I8MM)).isEqualTo(new Arm64Features(true, true));
    assertThat(Arm64Features.of(ASIMD | ASIMDDP, ~I8MM).matrixProduct()).isFalse();
    assertThat(Arm64Features.of(ASIMD, I8MM).matrixProduct()).isFalse();
  }

  @Test
  void anotherArchitectureHasNone() {
    Assumptions.assumeFalse(System.getProperty("os.arch").equals("aarch64"), "this is an AArch64");
    assertThat(Arm64Features.ofThisMachine()).isEqualTo(new Arm64Features(false, false));
  }

  @Test
  void thisMachineIsAsTheOperatingSystemDescribesIt() throws IOException {
    Path cpuinfo = Path.of("/proc/cpuinfo");
    List<String> features =
        Files.isReadable(cpuinfo)
            ? Files.readAllLines(cpuinfo).stream()
                .filter(line -> line.startsWith("Features"))
                .limit(1)
                .flatMap(line -> List.of(line.split("\\s+")).stream())
                .toList()
            : List.of();
    Assumptions.assumeFalse(
        features.isEmpty(), "no /proc/cpuinfo of an AArch64 processor to compare with");
    assertThat(Arm64Features.ofThisMachine())
        .isEqualTo(new Arm64Features(features.contains("asimddp"), features.contains("i8mm")));
  }
}
