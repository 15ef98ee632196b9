package dev.flyball.engine.sample;

import dev.flyball.units.TokenIds;

/**
 * What a sequence's past does to its next logits. Repetition counts prompt and output, frequency
 * and presence count output only, as OpenAI and vLLM define them.
 *
 * <p>Repetition looks at the last {@value #REPETITION_WINDOW} tokens. Up to that length this is
 * what Hugging Face and vLLM do; beyond it a whole-text window would by and by penalise every
 * common word and make each token dearer than the one before.
 */
final class Penalties {
  static final int REPETITION_WINDOW = 4096;

  private final double repetition;
  private final double frequency;
  private final double presence;
  private final TokenCounts generated = new TokenCounts();
  private final TokenCounts recent = new TokenCounts();
  private final int[] window;
  private long seen;

  Penalties(SamplingParams params, TokenIds prompt) {
    repetition = params.repetitionPenalty();
    frequency = params.frequencyPenalty();
    presence = params.presencePenalty();
    window = new int[repetition == 1 ? 0 : REPETITION_WINDOW];
    if (window.length > 0) {
      prompt.last(REPETITION_WINDOW).stream().forEach(this::remember);
    }
  }

  /** Counts a generated token. */
  void accept(int token) {
    if (window.length > 0) {
      remember(token);
    }
    if (frequency != 0 || presence != 0) {
      generated.add(token);
    }
  }

  /** Whether there are any. */
  boolean any() {
    return window.length > 0 || frequency != 0 || presence != 0;
  }

  /** Changes the logits of the tokens that occurred: repetition first, then the other two. */
  void apply(float[] logits) {
    if (window.length > 0) {
      applyRepetition(logits);
    }
    if (frequency != 0 || presence != 0) {
      applyFrequencyAndPresence(logits);
    }
  }

  private void remember(int token) {
    int slot = (int) (seen % window.length);
    if (seen >= window.length) {
      recent.remove(window[slot]);
    }
    window[slot] = token;
    recent.add(token);
    seen++;
  }

  private void applyRepetition(float[] logits) {
    for (int slot = 0; slot < recent.slots(); slot++) {
      int token = recent.tokenAt(slot);
      if (token >= 0) {
        double logit = logits[token];
        logits[token] = (float) (logit > 0 ? logit / repetition : logit * repetition);
      }
    }
  }

  private void applyFrequencyAndPresence(float[] logits) {
    for (int slot = 0; slot < generated.slots(); slot++) {
      int token = generated.tokenAt(slot);
      if (token >= 0) {
        double taken = frequency * generated.countAt(slot) + presence;
        logits[token] = (float) (logits[token] - taken);
      }
    }
  }
}
