package dev.flyball.cli.bench;

import dev.flyball.engine.Engine;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.GenerationDelta;
import dev.flyball.engine.GenerationListener;
import dev.flyball.engine.GenerationRequest;
import dev.flyball.engine.GenerationResult;
import dev.flyball.engine.StepTrace;
import dev.flyball.engine.sample.SamplingParams;
import dev.flyball.units.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Has an engine continue the beginnings of stories, some at once, and says how fast it did and what
 * became of guesses. With text as people write it, since random tokens say nothing of guesses.
 *
 * @param engine that answers
 * @param sampling of all answers
 * @param tokens of each answer
 */
public record AnswerRun(Engine engine, SamplingParams sampling, int tokens) {
  private static final List<String> BEGINNINGS =
      List.of(
          "Once upon a time",
          "The old woman said",
          "A Fox and a Lion",
          "There was a king who had three sons. There was a king who",
          "In the middle of the forest",
          "The youngest brother went",
          "When the sun had set",
          "A poor miller had a daughter");

  /**
   * What a run showed.
   *
   * @param tokensPerSecond of all answers together
   * @param tokensPerStep of one answer
   * @param drafted tokens that were guessed
   * @param accepted how many of them were right
   * @param guessesPerStep of one answer, steps without guesses included
   */
  public record Sample(
      double tokensPerSecond,
      double tokensPerStep,
      int drafted,
      int accepted,
      double guessesPerStep) {}

  /**
   * Runs {@code rounds} times {@code atOnce} answers.
   *
   * @throws java.util.concurrent.CompletionException where an answer fails
   */
  public Sample run(int atOnce, int rounds) {
    List<StepTrace> traces = new ArrayList<>();
    long begin = System.nanoTime();
    for (int round = 0; round < rounds; round++) {
      List<CompletableFuture<GenerationResult>> answers = new ArrayList<>();
      for (int i = 0; i < atOnce; i++) {
        answers.add(submit(BEGINNINGS.get((round + i) % BEGINNINGS.size())));
      }
      answers.forEach(answer -> traces.add(answer.join().trace()));
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    int steps = traces.stream().mapToInt(StepTrace::decodeSteps).sum();
    int drafted = traces.stream().mapToInt(StepTrace::draftedTokens).sum();
    int accepted = traces.stream().mapToInt(StepTrace::acceptedTokens).sum();
    return new Sample(
        rounds * atOnce * tokens / seconds,
        (double) rounds * atOnce * (tokens - 1) / Math.max(1, steps),
        drafted,
        accepted,
        (double) drafted / Math.max(1, steps));
  }

  private CompletableFuture<GenerationResult> submit(String beginning) {
    TokenIds ids = engine.tokenizer().encode(beginning, true, true);
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
