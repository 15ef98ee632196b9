package dev.flyball.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.cli.pull.LocalHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pull}, {@code list}, {@code rm}: the life of a model on this machine. */
class ModelFolderCommandsTest {
  private final LocalHub hub = new LocalHub();
  @TempDir Path home;

  @BeforeEach
  void offerModel() throws IOException {
    hub.put("fable-Q8_0.gguf", Files.readAllBytes(CommandLineRun.DEMO_MODEL));
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void pulledModelIsListedRunsAndIsRemoved() {
    CommandLineRun pull = run("", "pull", "hf:owner/repo");
    assertThat(pull.status()).as(pull.err()).isZero();
    assertThat(pull.err()).contains("fable-Q8_0").contains("100%");
    Path file = Path.of(pull.out().strip());
    assertThat(file).hasSameBinaryContentAs(CommandLineRun.DEMO_MODEL).startsWith(home);

    assertThat(run("", "list").out()).contains("owner/repo:Q8_0").contains("fable-5m");
    assertThat(run("", "run", "owner/repo:Q8_0", "-n", "2", "Hi").status()).isZero();

    CommandLineRun rm = run("y\n", "rm", "owner/repo:Q8_0");
    assertThat(rm.status()).as(rm.err()).isZero();
    assertThat(file).doesNotExist();
    assertThat(home.resolve("models/hf")).doesNotExist();
    assertThat(run("", "list").out()).doesNotContain("owner/repo");
  }

  @Test
  void secondPullFetchesNothing() {
    run("", "pull", "hf:owner/repo");

    CommandLineRun again = run("", "pull", "hf:owner/repo:Q8_0");

    assertThat(again.status()).isZero();
    assertThat(again.err()).contains("is there already");
  }

  @Test
  void modelStaysUnlessTheAnswerIsYes() {
    Path file = Path.of(run("", "pull", "hf:owner/repo").out().strip());

    assertThat(run("\n", "rm", "owner/repo:Q8_0").err()).contains("nothing was removed");
    assertThat(run("", "rm", "owner/repo:Q8_0").err()).contains("nothing was removed");
    assertThat(file).exists();
  }

  @Test
  void whatLiesElsewhereIsNotRemoved() throws IOException {
    Path elsewhere = Files.createDirectories(home.resolve("elsewhere")).resolve("other.gguf");
    Files.copy(CommandLineRun.DEMO_MODEL, elsewhere);
    Files.createSymbolicLink(
        Files.createDirectories(home.resolve("models")).resolve("other.gguf"), elsewhere);

    CommandLineRun rm = run("", "rm", "-y", "other");

    assertThat(rm.status()).isEqualTo(1);
    assertThat(rm.err()).contains("lies outside");
    assertThat(elsewhere).exists();
  }

  @Test
  void unknownNameIsAnsweredWithWhatThereIs() {
    CommandLineRun rm = run("", "rm", "nobody");

    assertThat(rm.status()).isEqualTo(1);
    assertThat(rm.err()).contains("'nobody'").contains("flyball pull");
    assertThat(rm.err().lines()).hasSize(1);
  }

  private CommandLineRun run(String input, String... arguments) {
    return CommandLineRun.of(
        home, Map.of("HF_ENDPOINT", hub.endpoint().toString()), input, arguments);
  }
}
