package dev.flyball.engine.speculate;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How tokens are guessed ahead.
 *
 * @param mode who guesses
 * @param draft file of a draft model: a small one with the vocabulary of the model
 */
public record SpeculationOptions(SpeculationMode mode, Optional<Path> draft) {
  /** By n-grams, where that gains time. */
  public static final SpeculationOptions DEFAULT =
      new SpeculationOptions(SpeculationMode.AUTO, Optional.empty());

  public static final SpeculationOptions OFF =
      new SpeculationOptions(SpeculationMode.OFF, Optional.empty());

  public SpeculationOptions {
    if (mode == SpeculationMode.DRAFT && draft.isEmpty()) {
      throw new IllegalArgumentException("speculation by a draft model needs its file (--draft)");
    }
  }

  /** The draft model's file where it is used. */
  public Optional<Path> usedDraft() {
    return draft.filter(_ -> mode.usesDraft());
  }
}
