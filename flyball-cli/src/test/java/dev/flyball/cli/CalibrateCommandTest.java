package dev.flyball.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.kernels.simd.InstructionSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code flyball calibrate}, and {@code --sparsity} with what it wrote. */
class CalibrateCommandTest {
  private static final String DEMO = CommandLineRun.DEMO_MODEL.toString();

  @TempDir private Path home;
  private Path text;
  private Path table;

  @BeforeEach
  void writeText() throws IOException {
    text = home.resolve("text.txt");
    table = home.resolve("demo.sparsity");
    Files.writeString(text, "Once upon a time there was a fox who lived in a wood. ".repeat(20));
  }

  @Test
  void whatIsCalibratedIsSkippedAndCostsPerplexity() {
    Assumptions.assumeFalse(
        InstructionSet.supported().isEmpty(), "this machine runs no generated code");
    CommandLineRun written = calibrate();
    assertThat(written.status()).as(written.err()).isZero();
    assertThat(written.out().strip()).isEqualTo(table.toString());
    assertThat(written.err()).contains("128 tokens read");
    assertThat(table).isNotEmptyFile();

    String dense = perplexity();
    assertThat(perplexity("--sparsity", "0")).isEqualTo(dense);
    assertThat(perplexity("--sparsity", "0.9", "--sparsity-table", table.toString()))
        .isNotEqualTo(dense);

    String words = "bench -m %s -p 0 -n 8 -r 1 -t 1".formatted(DEMO);
    CommandLineRun bench = run(words, "--sparsity", "0.5", "--sparsity-table", table.toString());
    assertThat(bench.status()).as(bench.err()).isZero();
    assertThat(bench.err()).containsPattern("sparsity 0\\.50: [1-9][0-9.]* % of the neurons");
  }

  @Test
  void aTableThatIsThereIsReplacedOnlyWhenAskedTo() throws IOException {
    Files.writeString(table, "mine");
    CommandLineRun refused = calibrate();
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("--force");
    assertThat(table).hasContent("mine");

    assertThat(calibrate("--force").status()).isZero();
    assertThat(Files.readString(table)).isNotEqualTo("mine");
  }

  @Test
  void withoutATableTheWayToOneIsNamed() {
    CommandLineRun run =
        run("run " + DEMO + " --sparsity 0.5 Hi", "--sparsity-table", table.toString());
    assertThat(run.status()).isNotZero();
    assertThat(run.err()).contains(table.toString()).contains("flyball calibrate");
    assertThat(run("run " + DEMO + " --sparsity 1.5 Hi").status()).isEqualTo(2);
    assertThat(calibrate("--windows", "0").status()).isEqualTo(2);
  }

  private CommandLineRun calibrate(String... further) {
    return run(
        "calibrate %s --text %s -c 64 --windows 2 --table %s".formatted(DEMO, text, table),
        further);
  }

  private String perplexity(String... further) {
    CommandLineRun run =
        run("perplexity %s --text %s -c 64 --windows 2 -o json".formatted(DEMO, text), further);
    assertThat(run.status()).as(run.err()).isZero();
    return run.out().replaceAll("(?s).*\"perplexity\" *: *([0-9.]+).*", "$1");
  }

  /** Runs words without spaces, and further ones. */
  private CommandLineRun run(String words, String... further) {
    List<String> arguments = new ArrayList<>(List.of(words.split(" ")));
    arguments.addAll(List.of(further));
    return CommandLineRun.of(home, arguments.toArray(String[]::new));
  }
}
