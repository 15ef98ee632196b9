package dev.flyball.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.cli.console.Progress.Unit;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private Instant now = Instant.EPOCH;
  private final InstantSource clock = () -> now;

  @Test
  void linesTellShareSpeedAndTimeLeft() {
    try (Progress progress =
        Progress.start(context(false, 80), "m.gguf", 0, 1000 << 20, Unit.BYTES)) {
      pass(10);
      progress.advanceTo(100 << 20);
    }

    assertThat(text().lines())
        .contains("m.gguf: 10%  100.00 MiB of 1000.00 MiB  10.00 MiB/s  01:30 left");
  }

  @Test
  void bytesOfAnEarlierRunDoNotCountAsSpeed() {
    try (Progress progress =
        Progress.start(context(false, 80), "m.gguf", 900 << 20, 1000 << 20, Unit.BYTES)) {
      pass(10);
      progress.advanceTo(910 << 20);
    }

    assertThat(text()).contains("91%").contains("1.00 MiB/s  01:30 left");
  }

  @Test
  void linesAreFewHoweverOftenProgressIsTold() {
    try (Progress progress = Progress.start(context(false, 80), "x", 0, 1000, Unit.STEPS)) {
      for (int done = 0; done < 1000; done++) {
        now = now.plusMillis(30);
        progress.advanceTo(done);
      }
    }

    assertThat(text().lines().count()).isBetween(3L, 6L);
  }

  @Test
  void barStaysWithinTheTerminal() {
    for (int columns : new int[] {20, 40, 60, 80, 200}) {
      shown.reset();
      try (Progress progress =
          Progress.start(
              context(true, columns),
              "a-rather-long-name-of-a-model.gguf",
              0,
              5L << 30,
              Unit.BYTES)) {
        pass(60);
        progress.advanceTo(1L << 30);
      }

      assertThat(text().split("\r\u001b\\[K|\\R"))
          .allSatisfy(line -> assertThat(line.length()).isLessThan(columns));
    }
  }

  @Test
  void barFillsAsTheWorkIsDone() {
    try (Progress progress = Progress.start(context(true, 120), "m", 0, 100, Unit.STEPS)) {
      pass(1);
      progress.advanceTo(50);
    }

    assertThat(text()).contains("m [" + "=".repeat(15) + " ".repeat(15) + "]  50%");
  }

  private void pass(int seconds) {
    now = now.plus(Duration.ofSeconds(seconds));
  }

  private String text() {
    return shown.toString(StandardCharsets.UTF_8);
  }

  private CommandContext context(boolean terminal, int columns) {
    return new CommandContext(
        InputStream.nullInputStream(),
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
        new PrintStream(shown, true, StandardCharsets.UTF_8),
        Map.of("COLUMNS", Integer.toString(columns)),
        false,
        terminal,
        clock);
  }
}
