package dev.flyball.engine.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.model.StepOutput;
import dev.flyball.units.TokenIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DivergenceTest {
  private static final int VOCABULARY = 40;

  /** 3 windows of 8: 3 scored tokens each. */
  private static final TextWindows TEXT = windows(1, 8);

  @TempDir private Path folder;

  /** One row of logits. */
  private static final class Row implements StepOutput {
    private final float[] logits;

    Row(float[] logits) {
      this.logits = logits;
    }

    @Override
    public int rows() {
      return 1;
    }

    @Override
    public float[] values(int row) {
      return logits;
    }

    @Override
    public int offset(int row) {
      return 2;
    }

    @Override
    public int length(int row) {
      return VOCABULARY;
    }
  }

  private static TextWindows windows(int first, int windowTokens) {
    int[] ids = IntStream.range(first, first + 26).map(i -> i % VOCABULARY).toArray();
    return TextWindows.of(TokenIds.of(ids), OptionalInt.empty(), windowTokens, 3);
  }

  private static float[][] randomRows(long seed) {
    Random random = new Random(seed);
    float[][] rows = new float[9][VOCABULARY + 2];
    for (float[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        row[i] = (float) (3 * random.nextGaussian());
      }
    }
    return rows;
  }

  private Path write(float[][] rows) {
    Path file = folder.resolve("base");
    try (BaseWriter writer = new BaseWriter(file, TEXT, VOCABULARY)) {
      for (int i = 0; i < rows.length; i++) {
        writer.scored(new Row(rows[i]), 0, i);
        if (i % 3 == 2) {
          writer.windowDone(i / 3, 3);
        }
      }
    }
    return file;
  }

  private static Divergence compare(Path base, float[][] rows) {
    try (DivergenceMeter meter = new DivergenceMeter(base, TEXT, VOCABULARY)) {
      for (int i = 0; i < rows.length; i++) {
        meter.scored(new Row(rows[i]), 0, i);
        if (i % 3 == 2) {
          meter.windowDone(i / 3, 3);
        }
      }
      return meter.result();
    }
  }

  private static double[] probabilities(float[] row) {
    double[] p = new double[VOCABULARY];
    for (int i = 0; i < p.length; i++) {
      p[i] = Math.exp(row[i + 2]);
    }
    double total = Arrays.stream(p).sum();
    return Arrays.stream(p).map(value -> value / total).toArray();
  }

  @Test
  void samePredictionsDoNotDiverge() {
    float[][] rows = randomRows(1);

    Divergence divergence = compare(write(rows), rows);

    assertThat(divergence.tokens()).isEqualTo(9);
    assertThat(divergence.klDivergence().percentile(100)).isBetween(-1e-7, 1e-6);
    assertThat(divergence.sameBest()).isEqualTo(1);
    assertThat(divergence.probabilityChange().rootMeanSquare()).isLessThan(1e-4);
  }

  @Test
  void figuresAreThoseOfTheirDefinitions() {
    float[][] base = randomRows(2);
    float[][] own = randomRows(3);
    double divergence = 0;
    double change = 0;
    double ratio = 0;
    double surprise = 0;
    for (int i = 0; i < base.length; i++) {
      double[] p = probabilities(base[i]);
      double[] q = probabilities(own[i]);
      for (int token = 0; token < VOCABULARY; token++) {
        divergence += p[token] * Math.log(p[token] / q[token]);
      }
      change += q[i] - p[i];
      ratio += Math.log(p[i] / q[i]);
      surprise -= Math.log(p[i]);
    }

    Divergence found = compare(write(base), own);

    assertThat(found.klDivergence().mean()).isCloseTo(divergence / 9, within(1e-3));
    assertThat(found.probabilityChange().mean()).isCloseTo(change / 9, within(1e-4));
    assertThat(found.logRatio().mean()).isCloseTo(ratio / 9, within(1e-3));
    assertThat(Math.log(found.basePerplexity())).isCloseTo(surprise / 9, within(1e-3));
  }

  @Test
  void percentilesAreInterpolated() {
    Spread spread = Spread.of(new float[] {4, 1, 3, 2, 99}, 4);

    assertThat(spread.mean()).isEqualTo(2.5);
    assertThat(spread.percentile(0)).isEqualTo(1);
    assertThat(spread.percentile(50)).isEqualTo(2.5);
    assertThat(spread.percentile(100)).isEqualTo(4);
    assertThat(spread.standardError()).isCloseTo(Math.sqrt(1.25 / 3), within(1e-9));
    assertThat(spread.rootMeanSquare()).isCloseTo(Math.sqrt(7.5), within(1e-9));
  }

  @Test
  void basesOfOtherTextsWindowsAndVocabulariesAreRefused() {
    Path file = write(randomRows(1));

    assertRefused(file, windows(2, 8), VOCABULARY, "another text");
    assertRefused(file, windows(1, 7), VOCABULARY, "windows of 8 tokens, not 7");
    assertRefused(file, TEXT, VOCABULARY + 1, "a vocabulary of 40 tokens, not 41");
  }

  private static void assertRefused(Path file, TextWindows text, int vocabulary, String why) {
    assertThatThrownBy(() -> new DivergenceMeter(file, text, vocabulary).close())
        .isInstanceOfSatisfying(
            EngineException.class,
            refusal -> assertThat(refusal.error()).isEqualTo(EngineError.INVALID_INPUT))
        .hasMessageContaining(why);
  }

  @Test
  void unfinishedBaseIsLeftOut() {
    Path file = folder.resolve("base");
    try (BaseWriter writer = new BaseWriter(file, TEXT, VOCABULARY)) {
      writer.scored(new Row(randomRows(1)[0]), 0, 1);
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void everyDamagedByteAndEveryCutIsNoticed() throws IOException {
    float[][] rows = randomRows(4);
    Path file = write(rows);
    byte[] good = Files.readAllBytes(file);
    long seed = 77;
    System.out.println("DivergenceTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      byte[] bad = good.clone();
      int at = round < 40 ? round % BaseHeader.BYTES : random.nextInt(bad.length);
      bad[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, bad);
      assertThatThrownBy(() -> compare(file, rows)).isInstanceOf(EngineException.class);

      Files.write(file, Arrays.copyOf(good, random.nextInt(good.length)));
      assertThatThrownBy(() -> compare(file, rows)).isInstanceOf(EngineException.class);
    }
    Files.writeString(file, "GGUF and so on, for more than thirty-two bytes");
    assertThatThrownBy(() -> compare(file, rows))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("no file of base predictions");
  }
}
