package dev.flyball.cli.bench;

import dev.flyball.cli.bench.AnswerRun.Sample;
import dev.flyball.cli.console.JsonOutput;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Answers with and without a draft model.
 *
 * @param tokens of an answer
 * @param atOnce answers at once
 * @param without runs of the engine without guesses
 * @param with runs of the one with the draft model
 */
public record DraftedResult(
    Path model, Path draft, int tokens, int atOnce, List<Sample> without, List<Sample> with) {

  /** Prints a table of Markdown. */
  public static void printTable(List<DraftedResult> results, PrintStream out) {
    out.println(
        "| model | draft | test | t/s without | t/s with | gain | right | guesses/step | tokens/step |");
    out.println("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    results.forEach(result -> result.printRow(out));
  }

  /** Prints an array of objects. */
  public static void printJson(List<DraftedResult> results, PrintStream out) {
    JsonOutput.printIndented(out, results.stream().map(DraftedResult::fields).toList());
  }

  private void printRow(PrintStream out) {
    out.printf(
        Locale.ROOT,
        "| %s | %s | tg%d x%d | %.1f | %.1f | %+.0f %% | %s | %.2f | %.2f |%n",
        model.getFileName(),
        draft.getFileName(),
        tokens,
        atOnce,
        speed(without),
        speed(with),
        100 * (speed(with) / speed(without) - 1),
        drafted() == 0 ? "-" : "%.0f %%".formatted(100.0 * accepted() / drafted()),
        mean(with, Sample::guessesPerStep),
        mean(with, Sample::tokensPerStep));
  }

  private Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("model", model.toString());
    fields.put("draft", draft.toString());
    fields.put("n_gen", tokens);
    fields.put("n_parallel", atOnce);
    fields.put("median_ts_without", speed(without));
    fields.put("median_ts_with", speed(with));
    fields.put("samples_ts_without", speeds(without));
    fields.put("samples_ts_with", speeds(with));
    fields.put("drafted", drafted());
    fields.put("accepted", accepted());
    fields.put("guesses_per_step", mean(with, Sample::guessesPerStep));
    fields.put("tokens_per_step", mean(with, Sample::tokensPerStep));
    return fields;
  }

  private int drafted() {
    return with.stream().mapToInt(Sample::drafted).sum();
  }

  private int accepted() {
    return with.stream().mapToInt(Sample::accepted).sum();
  }

  private static double speed(List<Sample> samples) {
    return Samples.median(speeds(samples));
  }

  private static double[] speeds(List<Sample> samples) {
    return samples.stream().mapToDouble(Sample::tokensPerSecond).toArray();
  }

  private static double mean(List<Sample> samples, ToDoubleFunction<Sample> field) {
    return samples.stream().mapToDouble(field).average().orElse(0);
  }
}
