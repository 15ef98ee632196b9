package dev.flyball.cli.load.measure;

import java.util.List;

/**
 * Everything that {@code flyball load} found out. Its components are the fields of the report in
 * JSON, in snake case.
 *
 * @param format version of these fields
 * @param tool version of the program
 * @param label name of the server or of its settings, for comparisons
 * @param startedAt ISO 8601
 * @param seed everything that was left to chance follows from it
 * @param promptMethod how prompts got their lengths
 * @param runs one, or one for each rate of a sweep
 */
public record LoadReport(
    int format,
    String tool,
    String label,
    String startedAt,
    String url,
    String model,
    String api,
    String workload,
    String pace,
    long seed,
    String promptMethod,
    List<RunResult> runs) {
  public static final int FORMAT = 1;

  public LoadReport {
    runs = List.copyOf(runs);
  }
}
