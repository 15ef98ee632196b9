package dev.flyball.engine.evaluate;

import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.model.Batch;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.LanguageModel;
import dev.flyball.engine.model.StepOutput;
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

  /** Hears of predictions as they are computed, window by window, on the calling thread. */
  public interface Listener {
    /**
     * Hears of the prediction of one token.
     *
     * @param output has its logits in {@code row}; valid until this returns
     * @param token which token came
     */
    void scored(StepOutput output, int row, int token);

    /** Hears that a window is done, of {@code windows}. */
    void windowDone(int window, int windows);

    /** This one, and then another, hear of everything. */
    default Listener and(Listener other) {
      Listener first = this;
      return new Listener() {
        @Override
        public void scored(StepOutput output, int row, int token) {
          first.scored(output, row, token);
          other.scored(output, row, token);
        }

        @Override
        public void windowDone(int window, int windows) {
          first.windowDone(window, windows);
          other.windowDone(window, windows);
        }
      };
    }

    /** One that hears of windows only. */
    static Listener ofWindows(WindowListener listener) {
      return new Listener() {
        @Override
        public void scored(StepOutput output, int row, int token) {}

        @Override
        public void windowDone(int window, int windows) {
          listener.windowDone(window, windows);
        }
      };
    }
  }

  /** Hears that a window is done, of {@code windows}. */
  @FunctionalInterface
  public interface WindowListener {
    void windowDone(int window, int windows);
  }

  private static final Listener NOBODY = Listener.ofWindows((_, _) -> {});

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
    return of(model, TextWindows.of(ids, bos, windowTokens, maxWindows), NOBODY);
  }

  /** Scores the windows of a text. */
  public static Perplexity of(LanguageModel model, TextWindows text, Listener listener) {
    Scorer scorer = new Scorer(model, text, listener);
    for (int window = 0; window < text.windows(); window++) {
      scorer.score(window);
      listener.windowDone(window, text.windows());
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
    private final TextWindows text;
    private final int windowTokens;
    private final Listener listener;
    private final Batch batch;
    private int scored;
    private double sum;
    private double sumOfSquares;

    Scorer(LanguageModel model, TextWindows text, Listener listener) {
      this.model = model;
      this.text = text;
      this.windowTokens = text.windowTokens();
      this.listener = listener;
      this.batch = new Batch(model.maxBatchTokens());
    }

    void score(int window) {
      try (KvCache cache = model.newCache(windowTokens);
          KvSequence sequence = cache.tryReserve(windowTokens).orElseThrow()) {
        // Nothing is predicted from the last token, so that it is not read.
        int last = windowTokens - 1;
        for (int from = 0; from < last; from += batch.capacity()) {
          step(sequence, window, from, Math.min(last, from + batch.capacity()));
        }
      }
    }

    private void step(KvSequence sequence, int window, int from, int end) {
      batch.clear();
      for (int i = from; i < end; i++) {
        RowOutput wanted = i < text.firstScored() ? RowOutput.NONE : RowOutput.LOGITS;
        batch.add(sequence, text.token(window, i), wanted);
      }
      StepOutput output = model.forward(batch);
      int firstScored = Math.max(from, text.firstScored());
      for (int row = 0; row < output.rows(); row++) {
        int token = text.token(window, firstScored + row + 1);
        add(negativeLogProbability(output, row, token));
        listener.scored(output, row, token);
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
