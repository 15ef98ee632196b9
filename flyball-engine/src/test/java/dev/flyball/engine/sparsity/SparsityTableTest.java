package dev.flyball.engine.sparsity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparsityTableTest {
  private static final String MODEL = "0123456789abcdef".repeat(4);

  @TempDir Path folder;

  @Test
  void percentilesAreThoseOfTheMagnitudesThatWereCounted() {
    GateMagnitudes magnitudes = new GateMagnitudes();
    assertThat(magnitudes.add()).isZero();
    float[] gates = new float[10_000];
    for (int i = 0; i < gates.length; i++) {
      gates[i] = (i % 2 == 0 ? 1 : -1) * (i + 0.5f) / gates.length;
    }
    magnitudes.count(0, gates, 0, 4000);
    magnitudes.count(0, gates, 4000, gates.length);

    List<Float> percentiles = magnitudes.percentiles().getFirst();

    assertThat(percentiles).hasSize(99);
    for (int percent = 1; percent < 100; percent++) {
      assertThat(percentiles.get(percent - 1).doubleValue())
          .isCloseTo(percent / 100.0, within(percent / 3000.0));
    }
  }

  @Test
  void aTableIsReadAsItWasWrittenAndGivesThresholdsBetweenItsPercentiles() {
    Path file = folder.resolve("model.gguf.sparsity");
    SparsityTable table = new SparsityTable(MODEL, 1234, List.of(percentiles(1), percentiles(2)));
    table.write(file);

    assertThat(SparsityTable.read(file)).isEqualTo(table);
    GateThresholds thresholds = table.thresholds(0.255);
    assertThat(thresholds.networks()).isEqualTo(2);
    assertThat(thresholds.of(0)).isCloseTo(25.5f, within(1e-4f));
    assertThat(thresholds.of(1)).isCloseTo(51, within(1e-4f));
    assertThat(table.thresholds(0.005).of(0)).isCloseTo(0.5f, within(1e-4f));
    assertThat(table.thresholds(0.99).of(0)).isEqualTo(99);
  }

  @Test
  void aMissingTableSaysHowToMakeIt() {
    assertThatThrownBy(() -> SparsityTable.read(folder.resolve("none")))
        .isInstanceOfSatisfying(
            EngineException.class,
            e -> assertThat(e.error()).isEqualTo(EngineError.FILE_UNREADABLE))
        .hasMessageContaining("flyball calibrate");
  }

  @Test
  void everyDamagedLineIsNamed() throws IOException {
    Path file = folder.resolve("damaged");
    new SparsityTable(MODEL, 5, List.of(percentiles(1))).write(file);
    List<String> lines = Files.readAllLines(file);
    for (int line = 0; line < lines.size(); line++) {
      for (String damage : List.of("", "x", lines.get(line) + "x", lines.get(line) + " nan")) {
        List<String> damaged = new ArrayList<>(lines);
        damaged.set(line, damage);
        Files.write(file, damaged);
        assertCorrupt(file, "line " + (line + 1));
      }
      Files.write(file, lines.subList(0, line));
      assertCorrupt(file, "line " + (line + 1));
    }
    Files.write(file, lines);
    String falling = lines.getLast().replace(" 50.0 ", " 48.0 ");
    Files.writeString(file, String.join("\n", lines.subList(0, 4)) + "\n" + falling + "\n");
    assertCorrupt(file, "line 5");
  }

  private static void assertCorrupt(Path file, String where) {
    assertThatThrownBy(() -> SparsityTable.read(file))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.error()).isEqualTo(EngineError.FILE_CORRUPT))
        .hasMessageContaining(where);
  }

  private static List<Float> percentiles(int factor) {
    return IntStream.range(1, 100).mapToObj(i -> (float) (i * factor)).toList();
  }
}
