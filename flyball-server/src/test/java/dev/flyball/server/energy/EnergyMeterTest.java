package dev.flyball.server.energy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.server.energy.EnergyMeter.Reading;
import dev.flyball.units.Energy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Over a folder that looks like {@code /sys} and {@code /proc}. */
final class EnergyMeterTest {
  private static final long RANGE = 1_000_000_000;

  @TempDir Path root;

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private void zone(String zone, String name, long microjoules) throws IOException {
    String folder = "sys/class/powercap/" + zone + "/";
    write(folder + "name", name + "\n");
    write(folder + "max_energy_range_uj", RANGE + "\n");
    write(folder + "energy_uj", microjoules + "\n");
  }

  private void busy(long ticks) throws IOException {
    write("proc/stat", "cpu  %d 0 0 777 555 0 0 0 0 0\ncpu0 1 2 3\n".formatted(ticks));
  }

  private void processor(String vendor, int family, int model) throws IOException {
    write(
        "proc/cpuinfo",
        "processor\t: 0\nvendor_id\t: %s\ncpu family\t: %d\nmodel\t\t: %d\nmodel name\t: A CPU\n"
            .formatted(vendor, family, model));
  }

  @Test
  void countersOfPackagesAndMemoryAreAddedAndPartsAreNotCountedTwice() throws IOException {
    zone("intel-rapl:0", "package-0", 5_000_000);
    zone("intel-rapl:0:0", "core", 1);
    zone("intel-rapl:0:1", "dram", 100);
    zone("intel-rapl:1", "package-1", 0);
    zone("intel-rapl:2", "psys", 9);
    busy(1000);
    EnergyMeter meter = EnergyMeter.of(root, 2);
    Reading start = meter.read();
    zone("intel-rapl:0", "package-0", 15_000_000);
    zone("intel-rapl:0:0", "core", 900_000_000);
    zone("intel-rapl:0:1", "dram", 1_000_100);
    zone("intel-rapl:1", "package-1", 9_000_000);
    zone("intel-rapl:2", "psys", 900_000_000);
    busy(1200);
    Energy energy = meter.since(start, Duration.ofSeconds(1)).orElseThrow();
    assertThat(energy.joules()).isCloseTo(20, within(1e-9));
    assertThat(energy.method()).isEqualTo(Energy.Method.MEASURED);
    assertThat(energy.lowJoules()).isCloseTo(17.8, within(1e-9));
    assertThat(energy.highJoules()).isCloseTo(22.2, within(1e-9));
    assertThat(energy.basis()).contains("20.000 J").contains("100 %");
  }

  @Test
  void aCounterThatWrapsAroundLosesNothing() throws IOException {
    zone("intel-rapl:0", "package-0", RANGE - 3_000_000);
    busy(0);
    EnergyMeter meter = EnergyMeter.of(root, 1);
    Reading start = meter.read();
    zone("intel-rapl:0", "package-0", 4_000_000);
    busy(100);
    assertThat(meter.since(start, Duration.ofSeconds(1)).orElseThrow().joules())
        .isCloseTo(7, within(1e-9));
  }

  @Test
  void whoeverRanBesideBearsItsShareAndTheFigureIsModelled() throws IOException {
    zone("intel-rapl:0", "package-0", 0);
    busy(0);
    EnergyMeter meter = EnergyMeter.of(root, 2);
    Reading start = meter.read();
    zone("intel-rapl:0", "package-0", 100_000_000);
    busy(1000);
    Energy energy = meter.since(start, Duration.ofSeconds(2)).orElseThrow();
    assertThat(energy.joules()).isCloseTo(40, within(1e-9));
    assertThat(energy.method()).isEqualTo(Energy.Method.MODELLED);
    assertThat(energy.lowJoules()).isLessThan(25);
    assertThat(energy.highJoules()).isGreaterThan(55);
  }

  @Test
  void aShortTimeIsEstimatedRatherThanMeasured() throws IOException {
    zone("intel-rapl:0", "package-0", 0);
    busy(0);
    EnergyMeter meter = EnergyMeter.of(root, 2);
    Reading start = meter.read();
    zone("intel-rapl:0", "package-0", 500_000);
    busy(2);
    assertThat(meter.since(start, Duration.ofMillis(10)).orElseThrow().method())
        .isEqualTo(Energy.Method.ESTIMATED);
  }

  @Test
  void countersThatBreakOffAreReplacedByEstimates() throws IOException {
    zone("intel-rapl:0", "package-0", 0);
    busy(0);
    EnergyMeter meter = EnergyMeter.of(root, 2);
    Reading start = meter.read();
    busy(1000);
    write("sys/class/powercap/intel-rapl:0/energy_uj", "");
    assertThat(meter.since(start, Duration.ofSeconds(1)).orElseThrow().method())
        .isEqualTo(Energy.Method.ESTIMATED);
    zone("intel-rapl:0", "package-0", 90_000_000);
    assertThat(meter.since(start, Duration.ofSeconds(1)).orElseThrow().method())
        .isEqualTo(Energy.Method.ESTIMATED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"missing", "no number", "parts only"})
  void withoutCountersNothingPretendsToBeMeasured(String what) throws IOException {
    switch (what) {
      case "no number" -> {
        zone("intel-rapl:0", "package-0", 0);
        write("sys/class/powercap/intel-rapl:0/energy_uj", "permission denied");
      }
      case "parts only" -> zone("intel-rapl:0:0", "core", 0);
      default -> {}
    }
    EnergyMeter meter = EnergyMeter.of(root, 4);
    Energy energy = meter.since(meter.read(), Duration.ofSeconds(10)).orElseThrow();
    assertThat(energy.method()).isEqualTo(Energy.Method.ESTIMATED);
    assertThat(energy.joules()).isCloseTo(4 * 10 * 3.0, within(1e-9));
    assertThat(energy.lowJoules()).isCloseTo(40, within(1e-9));
    assertThat(energy.highJoules()).isCloseTo(360, within(1e-9));
    assertThat(energy.basis()).contains("unknown processor").contains("not in the table");
    assertThat(meter.description()).contains("estimated");
  }

  @ParameterizedTest
  @CsvSource({
    "GenuineIntel, 6, 143, Sapphire Rapids, 4.16",
    "GenuineIntel, 6, 85, Skylake or Cascade Lake, 4.08",
    "AuthenticAMD, 23, 49, EPYC Zen 2, 1.69",
    "AuthenticAMD, 25, 17, EPYC Zen 4, 2.28"
  })
  void aKnownGenerationHasItsFigureAndANarrowerBand(
      String vendor, int family, int model, String generation, double watts) throws IOException {
    processor(vendor, family, model);
    EnergyMeter meter = EnergyMeter.of(root, 1);
    Energy energy = meter.since(meter.read(), Duration.ofSeconds(1)).orElseThrow();
    assertThat(energy.joules()).isCloseTo(watts, within(1e-9));
    assertThat(energy.highJoules()).isCloseTo(2 * watts, within(1e-9));
    assertThat(energy.basis()).contains("A CPU").contains(generation);
  }

  @ParameterizedTest
  @CsvSource({
    "GenuineIntel, 5, 143",
    "AuthenticAMD, 26, 2",
    "AuthenticAMD, 25, 97",
    "Other, 6, 85"
  })
  void whatIsNotInTheTableHasAWideBand(String vendor, int family, int model) throws IOException {
    processor(vendor, family, model);
    EnergyMeter meter = EnergyMeter.of(root, 1);
    Energy energy = meter.since(meter.read(), Duration.ofSeconds(1)).orElseThrow();
    assertThat(energy.highJoules() / energy.lowJoules()).isCloseTo(9, within(1e-9));
  }

  @Test
  void whatDidNotComputeTookNothing() throws IOException {
    zone("intel-rapl:0", "package-0", 0);
    busy(0);
    for (EnergyMeter meter :
        new EnergyMeter[] {EnergyMeter.of(root, 1), EnergyMeter.of(root.resolve("none"), 1)}) {
      assertThat(meter.since(meter.read(), Duration.ZERO)).isEmpty();
    }
  }
}
