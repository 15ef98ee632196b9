package dev.flyball.engine.model;

/** A {@link Mixer} as read from a file and checked, before memory is spent. Immutable. */
public interface MixerSpec {
  /** Length of the longest row that one of its matrices is multiplied by. */
  int maxColumns();

  /** Values of scratch that a step needs for each token, about; layers share their scratch. */
  long scratchValuesPerToken();

  /** Its experts, as far as they can stay in the file until they are needed. */
  default ExpertOutline expertOutline() {
    return ExpertOutline.NONE;
  }

  /** Whether each token chooses which of its networks compute it. */
  default boolean choosesExperts() {
    return false;
  }

  /** Bytes of weights that are in memory a second time, in another layout. */
  default long copiedWeightBytes(ModelOptions options) {
    return 0;
  }

  /** Makes the mixer that runs. */
  Mixer assemble(Assembly assembly);

  /** The mixer whose networks these are: itself, unless it is one around another. */
  default MixerSpec innermost() {
    return this;
  }
}
