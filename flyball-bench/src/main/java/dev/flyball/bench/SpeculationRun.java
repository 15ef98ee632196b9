package dev.flyball.bench;

import dev.flyball.engine.Engine;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.EngineOptions;
import dev.flyball.engine.GenerationDelta;
import dev.flyball.engine.GenerationListener;
import dev.flyball.engine.GenerationRequest;
import dev.flyball.engine.GenerationResult;
import dev.flyball.engine.LocalEngines;
import dev.flyball.engine.sample.SamplingParams;
import dev.flyball.engine.speculate.SpeculationMode;
import dev.flyball.engine.speculate.SpeculationOptions;
import dev.flyball.units.TokenIds;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * Tokens a second of an engine with and without guesses ahead, in turn: {@code SpeculationRun MODEL
 * DRAFT|- TEMPERATURE TOKENS ROUNDS CONCURRENCY... [always=ID]}. With {@code always} the model says
 * one token only, so that every guess of what repeats is right: the most that guessing can gain.
 */
public final class SpeculationRun {
  private static final List<String> PROMPTS =
      List.of(
          "Once upon a time",
          "The old woman said",
          "A Fox and a Lion",
          "There was a king who had three sons. There was a king who",
          "In the middle of the forest",
          "The youngest brother went",
          "When the sun had set",
          "A poor miller had a daughter");

  private final Path model;
  private final SamplingParams sampling;
  private final int tokens;
  private final PrintStream out;

  private SpeculationRun(Path model, SamplingParams sampling, int tokens, PrintStream out) {
    this.model = model;
    this.sampling = sampling;
    this.tokens = tokens;
    this.out = out;
  }

  /** What one run of some requests at once showed. */
  private record Sample(double tokensPerSecond, int steps, int drafted, int accepted) {}

  /** Measures and prints a table. */
  public static void main(String[] args) {
    Optional<Path> draft = args[1].equals("-") ? Optional.empty() : Optional.of(Path.of(args[1]));
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
    List<Integer> concurrency =
        Arrays.stream(args)
            .skip(5)
            .filter(arg -> !arg.startsWith("always="))
            .map(Integer::valueOf)
            .toList();
    new SpeculationRun(Path.of(args[0]), sampling, Integer.parseInt(args[3]), System.out)
        .measure(draft, concurrency, Integer.parseInt(args[4]));
  }

  private void measure(Optional<Path> draft, List<Integer> concurrency, int rounds) {
    Map<SpeculationMode, Engine> engines = new EnumMap<>(SpeculationMode.class);
    try {
      for (SpeculationMode mode : SpeculationMode.values()) {
        if (mode != SpeculationMode.DRAFT || draft.isPresent()) {
          engines.put(mode, open(mode, draft));
        }
      }
      out.println("| at once | guesses | tokens/s | tokens a step | right | drafted |");
      out.println("|---|---|---|---|---|---|");
      for (int atOnce : concurrency) {
        measure(engines, atOnce, rounds);
      }
    } finally {
      engines.values().forEach(Engine::close);
    }
  }

  private Engine open(SpeculationMode mode, Optional<Path> draft) {
    return new LocalEngines()
        .load(
            model,
            new EngineOptions(512, 8, 64, 0).withSpeculation(new SpeculationOptions(mode, draft)));
  }

  private void measure(Map<SpeculationMode, Engine> engines, int atOnce, int rounds) {
    Map<SpeculationMode, List<Sample>> samples = new EnumMap<>(SpeculationMode.class);
    for (int round = -1; round < rounds; round++) {
      for (Map.Entry<SpeculationMode, Engine> engine : engines.entrySet()) {
        Sample sample = run(engine.getValue(), atOnce);
        if (round >= 0) {
          samples.computeIfAbsent(engine.getKey(), _ -> new ArrayList<>()).add(sample);
        }
      }
    }
    samples.forEach((mode, list) -> print(mode, atOnce, list));
  }

  private void print(SpeculationMode mode, int atOnce, List<Sample> samples) {
    double[] speeds = samples.stream().mapToDouble(Sample::tokensPerSecond).sorted().toArray();
    Sample last = samples.getLast();
    out.printf(
        "| %d | %s | %.0f (%.0f-%.0f) | %.2f | %s | %d |%n",
        atOnce,
        mode,
        speeds[speeds.length / 2],
        speeds[0],
        speeds[speeds.length - 1],
        (double) atOnce * (tokens - 1) / Math.max(1, last.steps),
        last.drafted == 0 ? "-" : 100 * last.accepted / last.drafted + " %",
        last.drafted);
  }

  private Sample run(Engine engine, int atOnce) {
    List<CompletableFuture<GenerationResult>> results = new ArrayList<>();
    long begin = System.nanoTime();
    for (int i = 0; i < atOnce; i++) {
      results.add(submit(engine, PROMPTS.get(i % PROMPTS.size())));
    }
    int steps = 0;
    int drafted = 0;
    int accepted = 0;
    for (CompletableFuture<GenerationResult> future : results) {
      GenerationResult result = future.join();
      steps += result.trace().decodeSteps();
      drafted += result.trace().draftedTokens();
      accepted += result.trace().acceptedTokens();
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    return new Sample(atOnce * tokens / seconds, steps, drafted, accepted);
  }

  private CompletableFuture<GenerationResult> submit(Engine engine, String prompt) {
    TokenIds ids = engine.tokenizer().encode(prompt, true, true);
    CompletableFuture<GenerationResult> result = new CompletableFuture<>();
    var _ =
        engine.submit(
            new GenerationRequest("bench", ids, sampling, tokens, List.of(), true, false, 0),
            new ResultListener(result));
    return result;
  }

  /** Passes the end on. */
  private record ResultListener(CompletableFuture<GenerationResult> result)
      implements GenerationListener {
    @Override
    public void onDelta(GenerationDelta delta) {}

    @Override
    public void onEnd(GenerationResult ended) {
      result.complete(ended);
    }

    @Override
    public void onFailure(EngineException failure) {
      result.completeExceptionally(failure);
    }
  }
}
