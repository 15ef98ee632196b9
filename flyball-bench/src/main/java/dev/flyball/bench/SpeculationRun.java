package dev.flyball.bench;

import dev.flyball.cli.bench.AnswerRun;
import dev.flyball.cli.bench.AnswerRun.Sample;
import dev.flyball.engine.Engine;
import dev.flyball.engine.EngineOptions;
import dev.flyball.engine.LocalEngines;
import dev.flyball.engine.sample.SamplingParams;
import dev.flyball.engine.speculate.DraftFiles;
import dev.flyball.engine.speculate.SpeculationMode;
import dev.flyball.engine.speculate.SpeculationOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Tokens a second of engines with and without guesses ahead, in turn: {@code SpeculationRun MODEL
 * DRAFT|- TEMPERATURE TOKENS REPETITIONS GUESSES CONCURRENCY... [always=ID]}. GUESSES are some of
 * off, ngram, draft and auto, each with the width behind it where that is not 2, such as {@code
 * off,draft1,draft}. With {@code always} the model says one token only, so that every guess of what
 * repeats is right: the most that guessing can gain.
 */
public final class SpeculationRun {
  /** Tokens of a run at least. */
  private static final int TOKENS_OF_RUN = 3200;

  private SpeculationRun() {}

  /** Measures and prints a table. */
  public static void main(String[] args) {
    DraftFiles draft = args[1].equals("-") ? DraftFiles.NONE : DraftFiles.ofAll(Path.of(args[1]));
    OptionalInt always =
        Arrays.stream(args)
            .filter(arg -> arg.startsWith("always="))
            .mapToInt(arg -> Integer.parseInt(arg.substring(7)))
            .findFirst();
    SamplingParams sampling =
        new SamplingParams(
            Double.parseDouble(args[2]),
            0,
            1,
            0,
            1,
            0,
            0,
            always.isPresent() ? Map.of(always.getAsInt(), 1000.0) : Map.of(),
            OptionalLong.of(1));
    int tokens = Integer.parseInt(args[3]);
    Map<String, AnswerRun> runs = new LinkedHashMap<>();
    try {
      for (String guesses : args[5].split(",", -1)) {
        Engine engine = open(Path.of(args[0]), guesses, draft);
        runs.put(guesses, new AnswerRun(engine, sampling, tokens));
      }
      System.out.println("| at once | guesses | tokens/s | tokens a step | right | a step |");
      System.out.println("|---|---|---|---|---|---|");
      Arrays.stream(args)
          .skip(6)
          .filter(arg -> !arg.startsWith("always="))
          .mapToInt(Integer::parseInt)
          .forEach(atOnce -> measure(runs, atOnce, Integer.parseInt(args[4])));
    } finally {
      runs.values().forEach(run -> run.engine().close());
    }
  }

  private static Engine open(Path model, String guesses, DraftFiles draft) {
    int width = guesses.endsWith("1") ? 1 : SpeculationOptions.MAX_WIDTH;
    SpeculationMode mode = SpeculationMode.of(guesses.replaceFirst("\\d$", ""));
    SpeculationOptions options = SpeculationOptions.of(mode, draft).withWidth(width);
    return new LocalEngines()
        .load(model, new EngineOptions(1024, 8, 64, 0).withSpeculation(options));
  }

  private static void measure(Map<String, AnswerRun> runs, int atOnce, int repetitions) {
    Map<String, List<Sample>> samples = new LinkedHashMap<>();
    for (int repetition = -1; repetition < repetitions; repetition++) {
      for (Map.Entry<String, AnswerRun> run : runs.entrySet()) {
        int rounds = Math.ceilDiv(TOKENS_OF_RUN, atOnce * run.getValue().tokens());
        Sample sample = run.getValue().run(atOnce, rounds);
        if (repetition >= 0) {
          samples.computeIfAbsent(run.getKey(), _ -> new ArrayList<>()).add(sample);
        }
      }
    }
    samples.forEach((guesses, list) -> print(guesses, atOnce, list));
  }

  private static void print(String guesses, int atOnce, List<Sample> samples) {
    double[] speeds = samples.stream().mapToDouble(Sample::tokensPerSecond).sorted().toArray();
    int drafted = samples.stream().mapToInt(Sample::drafted).sum();
    int accepted = samples.stream().mapToInt(Sample::accepted).sum();
    System.out.printf(
        Locale.ROOT,
        "| %d | %s | %.0f (%.0f-%.0f) | %.2f | %s | %.2f |%n",
        atOnce,
        guesses,
        speeds[speeds.length / 2],
        speeds[0],
        speeds[speeds.length - 1],
        samples.stream().mapToDouble(Sample::tokensPerStep).average().orElse(0),
        drafted == 0 ? "-" : 100 * accepted / drafted + " %",
        samples.stream().mapToDouble(Sample::guessesPerStep).average().orElse(0));
  }
}
