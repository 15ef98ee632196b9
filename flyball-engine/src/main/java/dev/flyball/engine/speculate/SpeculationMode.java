package dev.flyball.engine.speculate;

import java.util.Locale;

/** Who guesses tokens ahead. */
public enum SpeculationMode {
  /** The draft model where there is one, and what the text repeats. */
  AUTO,
  /** What the text repeats: n-grams of prompt and answer. */
  NGRAM,
  /** The draft model. */
  DRAFT,
  /** Nobody. */
  OFF;

  /**
   * The mode that a user names.
   *
   * @throws IllegalArgumentException where there is none of this name
   */
  public static SpeculationMode of(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "auto" -> AUTO;
      case "ngram" -> NGRAM;
      case "draft" -> DRAFT;
      case "off" -> OFF;
      default ->
          throw new IllegalArgumentException(
              "speculation cannot be '" + name + "'; it is auto, ngram, draft or off");
    };
  }

  boolean usesNgrams() {
    return this == AUTO || this == NGRAM;
  }

  /** Whether a draft model that is there is used. */
  public boolean usesDraft() {
    return this == AUTO || this == DRAFT;
  }
}
