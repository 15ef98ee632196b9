package dev.flyball.cli.bench;

import dev.flyball.cli.bench.AnswerRun.Sample;
import dev.flyball.engine.Engine;
import dev.flyball.engine.EngineFactory;
import dev.flyball.engine.EngineOptions;
import dev.flyball.engine.sample.SamplingParams;
import dev.flyball.engine.speculate.DraftFiles;
import dev.flyball.engine.speculate.SpeculationMode;
import dev.flyball.engine.speculate.SpeculationOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures what a draft model gains: the same answers by two engines in turn, with and without it.
 * Prompts, sampling and scheduling are part of it, unlike the other tests.
 *
 * @param model the model's file
 * @param draft the draft model's file
 * @param options how both engines run, but for guesses
 * @param repetitions timed runs of each
 */
public record DraftedFile(Path model, Path draft, EngineOptions options, int repetitions) {
  /** What {@link AnswerRun}'s prompts take at most, whatever the vocabulary. */
  public static final int MOST_PROMPT_TOKENS = 100;

  /** Tokens of a run at least: short ones say little. */
  private static final int TOKENS_OF_RUN = 2048;

  /**
   * Runs each test.
   *
   * @param tokens of an answer
   * @param atOnce numbers of answers at once
   */
  public List<DraftedResult> run(EngineFactory engines, int tokens, List<Integer> atOnce) {
    SpeculationOptions guesses =
        SpeculationOptions.of(SpeculationMode.DRAFT, DraftFiles.ofAll(draft)).forOneModel();
    List<DraftedResult> results = new ArrayList<>();
    try (Engine plain = engines.load(model, options.withSpeculation(SpeculationOptions.OFF));
        Engine drafted = engines.load(model, options.withSpeculation(guesses))) {
      for (int count : atOnce) {
        results.add(measure(plain, drafted, tokens, count));
      }
    }
    return results;
  }

  private DraftedResult measure(Engine plain, Engine drafted, int tokens, int atOnce) {
    AnswerRun without = new AnswerRun(plain, SamplingParams.GREEDY, tokens);
    AnswerRun with = new AnswerRun(drafted, SamplingParams.GREEDY, tokens);
    int rounds = Math.ceilDiv(TOKENS_OF_RUN, tokens * atOnce);
    List<Sample> samplesWithout = new ArrayList<>();
    List<Sample> samplesWith = new ArrayList<>();
    for (int repetition = -1; repetition < repetitions; repetition++) {
      Sample sampleWithout = without.run(atOnce, rounds);
      Sample sampleWith = with.run(atOnce, rounds);
      if (repetition >= 0) {
        samplesWithout.add(sampleWithout);
        samplesWith.add(sampleWith);
      }
    }
    return new DraftedResult(model, draft, tokens, atOnce, samplesWithout, samplesWith);
  }
}
