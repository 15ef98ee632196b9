package dev.flyball.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.cli.console.UsageFailure;
import dev.flyball.cli.generate.SpeculationOption;
import dev.flyball.engine.speculate.DraftFiles;
import dev.flyball.engine.speculate.SpeculationMode;
import dev.flyball.engine.speculate.SpeculationOptions;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SpeculationOptionTest {
  private static final String DEMO = CommandLineRun.DEMO_MODEL.toString();
  private static final SpeculationOptions DRAFT_BY_VARIABLE =
      SpeculationOptions.of(SpeculationMode.DRAFT, DraftFiles.NONE);

  @TempDir private Path home;

  private static SpeculationOptions over(SpeculationOptions usual, String... arguments) {
    return CommandLine.populateCommand(new SpeculationOption(), arguments).over(usual);
  }

  @Test
  void optionsWinOverVariables() {
    SpeculationOptions usual =
        SpeculationOptions.of(SpeculationMode.NGRAM, DraftFiles.ofAll(Path.of("x.gguf")));
    assertThat(over(usual)).isEqualTo(usual);
    SpeculationOptions given = over(usual, "--speculate", "auto", "--draft", DEMO);
    assertThat(given.mode()).isEqualTo(SpeculationMode.AUTO);
    assertThat(given.drafts()).isEqualTo(DraftFiles.ofAll(Path.of(DEMO)));
    assertThat(over(usual, "--draft-width", "1").width()).isEqualTo(1);
  }

  @Test
  void aDraftModelOnTheCommandLineIsEnoughWhereAVariableAsksForDrafts() {
    assertThat(over(DRAFT_BY_VARIABLE, "--draft", DEMO).mode()).isEqualTo(SpeculationMode.DRAFT);
    assertThatThrownBy(() -> over(DRAFT_BY_VARIABLE))
        .isInstanceOf(UsageFailure.class)
        .hasMessageContaining("--draft or FLYBALL_DRAFT");
  }

  @Test
  void eachModelMayHaveItsDraftModel() {
    DraftFiles drafts =
        over(SpeculationOptions.DEFAULT, "--draft", "a=" + DEMO, "--draft", DEMO).drafts();
    assertThat(drafts.of(List.of("a"))).contains(Path.of(DEMO));
    assertThat(drafts.ofAll()).contains(Path.of(DEMO));
  }

  @Test
  void whatCannotBeMeantIsRefused() {
    for (String[] wrong :
        new String[][] {
          {"--speculate", "sometimes"},
          {"--speculate", "draft"},
          {"--draft", "nowhere.gguf"},
          {"--draft", "m=nowhere.gguf"},
          {"--draft", "=" + DEMO},
          {"--draft-width", "3"}
        }) {
      assertThatThrownBy(() -> over(SpeculationOptions.DEFAULT, wrong))
          .as("%s", List.of(wrong))
          .isInstanceOf(UsageFailure.class);
    }
  }

  @Test
  void benchShowsWhatADraftModelGains() {
    String[] arguments = {"bench", "-m", DEMO, "--draft", DEMO, "-n", "64", "-r", "1", "-t", "1"};
    CommandLineRun run = CommandLineRun.of(home, arguments);
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(run.out().lines().toList().getLast())
        .matches("\\| fable-5m-q8_0.gguf \\| fable-5m-q8_0.gguf \\| tg64 x1 \\|.*\\|");
    CommandLineRun wrong = CommandLineRun.of(home, "bench", "-m", DEMO, "--draft", "nowhere");
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.err()).contains("no such file");
  }
}
