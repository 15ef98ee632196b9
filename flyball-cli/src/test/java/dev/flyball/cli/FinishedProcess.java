package dev.flyball.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What a program did when it was run as a process of its own. */
record FinishedProcess(int status, String out, String err) {
  private static final long LIMIT_SECONDS = 120;

  /** Runs a program with nothing on its input. */
  static FinishedProcess of(Path folder, Map<String, String> variables, List<String> command)
      throws IOException, InterruptedException {
    return await(start(folder, variables, command));
  }

  /** A program at work, its output in files. */
  record Running(Process process, Path out, Path err) {
    String outSoFar() throws IOException {
      return Files.readString(out, StandardCharsets.UTF_8);
    }
  }

  static Running start(Path folder, Map<String, String> variables, List<String> command)
      throws IOException {
    Path out = Files.createTempFile(folder, "out", ".txt");
    Path err = Files.createTempFile(folder, "err", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().putAll(variables);
    return new Running(builder.start(), out, err);
  }

  /** Waits for the end, for a limited time. */
  static FinishedProcess await(Running running) throws IOException, InterruptedException {
    if (!running.process().waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      running.process().destroyForcibly();
      throw new AssertionError("still at work after " + LIMIT_SECONDS + " s");
    }
    return new FinishedProcess(
        running.process().exitValue(),
        Files.readString(running.out(), StandardCharsets.UTF_8),
        Files.readString(running.err(), StandardCharsets.UTF_8));
  }
}
