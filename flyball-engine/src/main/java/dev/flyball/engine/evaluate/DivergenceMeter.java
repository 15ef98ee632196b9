package dev.flyball.engine.evaluate;

import dev.flyball.engine.model.StepOutput;
import java.nio.file.Path;

/**
 * Compares a model's predictions, while it is scored, with those of a file that {@link BaseWriter}
 * wrote. Memory: three floats a scored token. Not thread-safe.
 */
public final class DivergenceMeter implements Perplexity.Listener, AutoCloseable {
  private final BaseReader base;
  private final LogProbabilities own;
  private final int vocabulary;
  private final float[] logRatios;
  private final float[] divergences;
  private final float[] changes;
  private double baseSurprise;
  private int sameBest;
  private int tokens;

  /**
   * Opens the base predictions.
   *
   * @throws dev.flyball.engine.EngineException FILE_UNREADABLE; FILE_CORRUPT where it is another
   *     kind of file or damaged; INVALID_INPUT where it was made for another text, vocabulary or
   *     window
   */
  public DivergenceMeter(Path file, TextWindows text, int vocabulary) {
    this.base = new BaseReader(file, text, vocabulary);
    this.own = new LogProbabilities(vocabulary);
    this.vocabulary = vocabulary;
    int scored = Math.multiplyExact(text.windows(), text.scoredPerWindow());
    this.logRatios = new float[scored];
    this.divergences = new float[scored];
    this.changes = new float[scored];
  }

  @Override
  public void scored(StepOutput output, int row, int token) {
    base.nextRow();
    own.compute(output, row);
    double divergence = 0;
    for (int i = 0; i < vocabulary; i++) {
      double logP = base.logProbability(i);
      divergence += Math.exp(logP) * (logP - own.get(i));
    }
    double logP = base.logProbability(token);
    double logQ = own.get(token);
    baseSurprise -= logP;
    logRatios[tokens] = (float) (logP - logQ);
    divergences[tokens] = (float) divergence;
    changes[tokens] = (float) (Math.exp(logQ) - Math.exp(logP));
    sameBest += base.isBest(own.best()) ? 1 : 0;
    tokens++;
  }

  @Override
  public void windowDone(int window, int windows) {
    base.endWindow(window);
  }

  /**
   * What was found so far.
   *
   * @throws IllegalStateException before the first token
   */
  public Divergence result() {
    if (tokens == 0) {
      throw new IllegalStateException("nothing was compared yet");
    }
    return new Divergence(
        tokens,
        Math.exp(baseSurprise / tokens),
        Spread.of(logRatios, tokens),
        Spread.of(divergences, tokens),
        Spread.of(changes, tokens),
        (double) sameBest / tokens);
  }

  @Override
  public void close() {
    base.close();
  }
}
