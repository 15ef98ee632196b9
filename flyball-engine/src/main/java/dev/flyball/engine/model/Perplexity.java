package dev.flyball.engine.model;

import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.units.TokenIds;
import java.util.OptionalInt;

/**
 * How well a model predicts a text, by the method of {@code llama-perplexity}, so that figures can
 * be laid side by side: the text is cut into windows that do not overlap, a rest that fills none is
 * left out; each window is read on its own, and the tokens of its second half are scored, so that
 * all have at least half a window before them. A vocabulary that begins texts with BOS has it in
 * place of every window's first token.
 *
 * <p>{@code perplexity = exp(-mean of ln p(token | tokens of the window before it))}.
 */
public final class Perplexity {
  private final int scored;
  private final double sum;
  private final double sumOfSquares;

  private Perplexity(int scored, double sum, double sumOfSquares) {
    this.scored = scored;
    this.sum = sum;
    this.sumOfSquares = sumOfSquares;
  }

  /**
   * Scores a text.
   *
   * @param ids of the whole text
   * @param bos takes the place of every window's first token; nothing: none does
   * @param windowTokens tokens of a window, at least 4
   * @param maxWindows how many windows to score at most, from the text's beginning
   * @throws IllegalArgumentException where the text does not fill one window
   */
  public static Perplexity of(
      LanguageModel model, TokenIds ids, OptionalInt bos, int windowTokens, int maxWindows) {
    int windows = windowTokens < 4 ? 0 : Math.min(maxWindows, ids.size() / windowTokens);
    if (windows < 1) {
      throw new IllegalArgumentException(
          ids.size()
              + " tokens do not fill a window of "
              + windowTokens
              + ", which has at least 4");
    }
    int[] tokens = ids.toArray();
    Scorer scorer = new Scorer(model, windowTokens);
    for (int window = 0; window < windows; window++) {
      int first = window * windowTokens;
      bos.ifPresent(id -> tokens[first] = id);
      scorer.score(tokens, first);
    }
    return new Perplexity(scorer.scored, scorer.sum, scorer.sumOfSquares);
  }

  /** Tokens that were scored. */
  public int scoredTokens() {
    return scored;
  }

  public double value() {
    return Math.exp(sum / scored);
  }

  /** Standard error of {@link #value()}, taking tokens for independent. */
  public double standardError() {
    double mean = sum / scored;
    double variance = sumOfSquares / scored - mean * mean;
    return value() * Math.sqrt(variance / Math.max(1, scored - 1));
  }

  /** Adds up the negative logarithms of probabilities. */
  private static final class Scorer {
    private final LanguageModel model;
    private final int windowTokens;
    private final Batch batch;
    private int scored;
    private double sum;
    private double sumOfSquares;

    Scorer(LanguageModel model, int windowTokens) {
      this.model = model;
      this.windowTokens = windowTokens;
      this.batch = new Batch(model.maxBatchTokens());
    }

    void score(int[] tokens, int first) {
      try (KvCache cache = model.newCache(windowTokens);
          KvSequence sequence = cache.tryReserve(windowTokens).orElseThrow()) {
        // Nothing is predicted from the last token, so that it is not read.
        int last = windowTokens - 1;
        for (int from = 0; from < last; from += batch.capacity()) {
          step(sequence, tokens, first, from, Math.min(last, from + batch.capacity()));
        }
      }
    }

    private void step(KvSequence sequence, int[] tokens, int first, int from, int end) {
      batch.clear();
      for (int i = from; i < end; i++) {
        RowOutput wanted = i < windowTokens / 2 ? RowOutput.NONE : RowOutput.LOGITS;
        batch.add(sequence, tokens[first + i], wanted);
      }
      StepOutput output = model.forward(batch);
      int firstScored = Math.max(from, windowTokens / 2);
      for (int row = 0; row < output.rows(); row++) {
        add(negativeLogProbability(output, row, tokens[first + firstScored + row + 1]));
      }
    }

    private void add(double surprise) {
      scored++;
      sum += surprise;
      sumOfSquares += surprise * surprise;
    }

    private static double negativeLogProbability(StepOutput output, int row, int token) {
      float[] logits = output.values(row);
      int offset = output.offset(row);
      int end = offset + output.length(row);
      double largest = Double.NEGATIVE_INFINITY;
      for (int i = offset; i < end; i++) {
        largest = Math.max(largest, logits[i]);
      }
      double total = 0;
      for (int i = offset; i < end; i++) {
        total += Math.exp(logits[i] - largest);
      }
      return largest + Math.log(total) - logits[offset + token];
    }
  }
}
