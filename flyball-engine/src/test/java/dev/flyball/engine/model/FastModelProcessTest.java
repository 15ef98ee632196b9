package dev.flyball.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.engine.evaluate.LogitProbe;
import dev.flyball.kernels.simd.InstructionSet;
import dev.flyball.units.TokenIds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which code a process runs, by its environment and by what its system allows. */
class FastModelProcessTest {
  private static final String WARNING = "No generated code here";
  private static final long LIMIT_SECONDS = 60;

  @TempDir private Path folder;
  private Path model = Path.of("");
  private int best;

  private record Finished(int status, List<String> out, String err) {}

  @BeforeEach
  void writeModel() {
    model = new TinyLlama(new Random(7), Map.of(), Set.of()).write(folder.resolve("tiny.gguf"));
    try (LogitProbe probe = LogitProbe.open(model, ModelOptions.threads(1))) {
      best = LogitProbe.top(probe.logits(TokenIds.of(3, 1, 4)), 1).getFirst().token();
    }
  }

  private Finished run(Optional<String> level, String... more)
      throws IOException, InterruptedException {
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                FastModelProgram.class.getName(),
                model.toString()));
    command.addAll(List.of(more));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().remove(InstructionSet.VARIABLE);
    level.ifPresent(name -> builder.environment().put(InstructionSet.VARIABLE, name));
    Process process = builder.start();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("still at work after " + LIMIT_SECONDS + " s");
    }
    String errors = Files.readString(err, StandardCharsets.UTF_8);
    return new Finished(process.exitValue(), Files.readAllLines(out), errors);
  }

  @Test
  void plainIsWarnedOfOnceHoweverManyModelsAreLoaded() throws Exception {
    Finished run = run(Optional.of("plain"));

    assertThat(run.out()).containsExactly("plain " + best, "plain " + best);
    assertThat(run.err()).containsOnlyOnce(WARNING).contains("FLYBALL_ISA=plain");
  }

  @Test
  void everyLevelOfThisMachineCanBeForced() throws Exception {
    for (InstructionSet level : InstructionSet.supported()) {
      Finished run = run(Optional.of(level.label()));

      assertThat(run.out()).as(run.err()).hasSize(2).containsOnly(level + " " + best);
      assertThat(run.err()).doesNotContain(WARNING);
    }
  }

  @Test
  void unknownLevelIsNamedWithThoseThatThereAre() throws Exception {
    Finished run = run(Optional.of("sse9"));

    assertThat(run.status()).isNotZero();
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .contains("FLYBALL_ISA=sse9 is not among what this machine can run: plain");
  }

  @Test
  void modelRunsInPlainJavaWhereTheSystemRefusesExecutableMemory() throws Exception {
    Finished run = run(Optional.empty(), "no-new-code");
    Assumptions.assumeFalse(
        run.out().equals(List.of("cannot refuse")), "this system cannot refuse executable memory");

    assertThat(run.out()).as(run.err()).containsExactly("plain " + best, "plain " + best);
    assertThat(run.err()).containsOnlyOnce(WARNING);
  }
}
