package dev.flyball.engine.sample;

import dev.flyball.engine.grammar.GrammarMatcher;
import dev.flyball.units.TokenIds;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Chooses the tokens of one sequence. One sampler a sequence, on the engine's thread.
 *
 * <p>Order: the grammar, which rules tokens out; logit bias; repetition, frequency, presence
 * penalty; greedy choice where the temperature is 0; else temperature, min-p, top-k, top-p over
 * what the former two left, and one draw. This is vLLM's order, which most clients of the OpenAI
 * API know; llama.cpp applies the temperature last, so that its filters do not widen with it.
 *
 * <p>A seed fixes the tokens: the random numbers are the sequence's own, one for each token, and
 * the draw depends on nothing but the row of logits. {@link #foresee} draws with the numbers that
 * are to come, so that guesses from nearly the same logits are nearly always right.
 */
public final class Sampler {
  private final SamplingParams params;
  private final int[] biasedTokens;
  private final double[] biases;
  private final Penalties penalties;
  private final SplitMix64 random;
  private final Candidates candidates;
  private final Optional<GrammarMatcher> grammar;

  /**
   * @param prompt tokens that the repetition penalty counts
   * @param candidates working memory, shared with the thread's other samplers
   */
  public Sampler(SamplingParams params, long seed, TokenIds prompt, Candidates candidates) {
    this(params, seed, prompt, candidates, Optional.empty());
  }

  /**
   * A sampler of a text with a grammar.
   *
   * @param grammar follows the tokens that are chosen
   */
  public Sampler(
      SamplingParams params,
      long seed,
      TokenIds prompt,
      Candidates candidates,
      Optional<GrammarMatcher> grammar) {
    this.grammar = grammar;
    this.params = params;
    this.candidates = candidates;
    biasedTokens = new int[params.logitBias().size()];
    biases = new double[biasedTokens.length];
    int i = 0;
    for (Map.Entry<Integer, Double> entry : params.logitBias().entrySet()) {
      biasedTokens[i] = entry.getKey();
      biases[i++] = entry.getValue();
    }
    penalties = new Penalties(params, prompt);
    random = new SplitMix64(seed);
  }

  /**
   * Chooses the next token and remembers it.
   *
   * @param row holds one logit for each token of the vocabulary, from {@code offset}; not changed
   * @throws dev.flyball.engine.EngineException with INTERNAL where a logit is NaN or positive
   *     infinity, or none is finite; INVALID_INPUT where the grammar leaves no token
   */
  public int next(float[] row, int offset) {
    return next(row, offset, OptionalInt.empty());
  }

  /**
   * As {@link #next(float[], int)}, but that one token may come though the grammar does not have
   * it. The grammar stays where it is if it comes.
   */
  public int next(float[] row, int offset, OptionalInt escape) {
    float[] logits = candidates.load(row, offset);
    grammar.ifPresent(matcher -> mask(matcher, logits, escape));
    int token = choose(logits);
    if (escape.isEmpty() || token != escape.getAsInt()) {
      grammar.ifPresent(matcher -> matcher.accept(token));
    }
    return token;
  }

  /** Chooses the next token as if there were no grammar; the grammar stays where it is. */
  public int nextBesideGrammar(float[] row, int offset) {
    return choose(candidates.load(row, offset));
  }

  /** Remembers a token that was chosen elsewhere; the grammar stays where it is. */
  public void force(int token) {
    penalties.accept(token);
  }

  private static void mask(GrammarMatcher matcher, float[] logits, OptionalInt escape) {
    float kept = escape.isPresent() ? logits[escape.getAsInt()] : 0;
    matcher.mask(logits);
    if (escape.isPresent()) {
      logits[escape.getAsInt()] = kept;
    }
  }

  /**
   * What would be chosen from guessed logits; for one round of guesses, until the next choice.
   *
   * @param grammarHolds whether the grammar decides what may come next
   */
  public Foresight foresee(boolean grammarHolds) {
    return new Foresight(
        this, grammar.filter(_ -> grammarHolds).map(GrammarMatcher::copy), candidates);
  }

  private int choose(float[] logits) {
    int token = pick(logits, 0);
    if (params.temperature() != 0) {
      var _ = random.nextLong();
    }
    penalties.accept(token);
    return token;
  }

  /**
   * Chooses, and changes nothing but the logits.
   *
   * @param ahead how many tokens are chosen before this one
   */
  int pick(float[] logits, int ahead) {
    for (int i = 0; i < biasedTokens.length; i++) {
      logits[biasedTokens[i]] = (float) (logits[biasedTokens[i]] + biases[i]);
    }
    penalties.apply(logits);
    boolean changed = grammar.isPresent() || biasedTokens.length > 0 || penalties.any();
    int best = candidates.best(changed);
    return params.temperature() == 0 ? best : draw(best, random.peek(ahead));
  }

  /** What came next to the token of the last {@link #pick}. */
  Optional<RunnerUp> runnerUp(int picked) {
    boolean greedy = params.temperature() == 0;
    ExponentialRace race = candidates.race();
    int token = greedy ? candidates.bestBesides(picked) : race.runnerUp();
    if (token < 0) {
      return Optional.empty();
    }
    double closeness =
        greedy
            ? Math.exp((double) candidates.logit(token) - candidates.logit(picked))
            : race.closeness();
    return Optional.of(new RunnerUp(token, closeness));
  }

  /** Whether the grammar lets nothing follow. */
  public boolean isOver() {
    return grammar.isPresent() && grammar.get().isOver();
  }

  private int draw(int best, long noise) {
    double temperature = params.temperature();
    if (params.minP() > 0) {
      candidates.keepFrom(candidates.logit(best) + temperature * Math.log(params.minP()));
    }
    if (params.topK() > 0) {
      candidates.keepBest(params.topK());
    }
    if (params.topP() < 1) {
      candidates.keepNucleus(params.topP(), best, temperature);
    }
    return candidates.draw(best, temperature, noise);
  }
}
