package dev.flyball.engine.speculate;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How tokens are guessed ahead.
 *
 * @param mode who guesses
 * @param drafts draft models
 * @param width guesses at one place at most: with 1 only the likeliest is verified, with 2 another
 *     one beside it where that is worth its time
 * @param mustFit whether a model is not loaded whose draft model has another vocabulary, even where
 *     that one is for all models; else it goes without
 */
public record SpeculationOptions(
    SpeculationMode mode, DraftFiles drafts, int width, boolean mustFit) {
  /** Guesses at one place at most. */
  public static final int MAX_WIDTH = 2;

  /** By n-grams, where that gains time. */
  public static final SpeculationOptions DEFAULT = of(SpeculationMode.AUTO, DraftFiles.NONE);

  public static final SpeculationOptions OFF = of(SpeculationMode.OFF, DraftFiles.NONE);

  public SpeculationOptions {
    if (width < 1 || width > MAX_WIDTH) {
      throw new IllegalArgumentException(
          "guesses can be 1 or 2 wide, not " + width + " (--draft-width)");
    }
  }

  /** Of the usual width; a draft model that is for all models need not fit each. */
  public static SpeculationOptions of(SpeculationMode mode, DraftFiles drafts) {
    return new SpeculationOptions(mode, drafts, MAX_WIDTH, false);
  }

  /** These with another width. */
  public SpeculationOptions withWidth(int guesses) {
    return new SpeculationOptions(mode, drafts, guesses, mustFit);
  }

  /** These for one model: a draft model that does not fit is an error. */
  public SpeculationOptions forOneModel() {
    return new SpeculationOptions(mode, drafts, width, true);
  }

  /** These for a model that is called so, whatever its file is called. */
  public SpeculationOptions forModel(String name) {
    return drafts
        .ofOnly(List.of(name))
        .map(file -> new SpeculationOptions(mode, DraftFiles.ofAll(file), width, true))
        .orElse(this);
  }

  /**
   * These, once all that the user says about it is known.
   *
   * @throws IllegalArgumentException where a draft model is to guess and there is none
   */
  public SpeculationOptions requireDraft() {
    if (mode == SpeculationMode.DRAFT && drafts.isEmpty()) {
      throw new IllegalArgumentException(
          "speculation by a draft model needs its file (--draft or FLYBALL_DRAFT)");
    }
    return this;
  }

  /**
   * The draft model's file of a model where it is used.
   *
   * @param names what the model is called, the likeliest to be meant first
   */
  public Optional<Path> usedDraft(List<String> names) {
    return drafts.of(names).filter(_ -> mode.usesDraft());
  }

  /** Whether a model of these names is not loaded where its draft model does not fit. */
  public boolean mustFit(List<String> names) {
    return mustFit || drafts.ofOnly(names).isPresent();
  }
}
