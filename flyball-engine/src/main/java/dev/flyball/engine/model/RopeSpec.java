package dev.flyball.engine.model;

import java.util.Optional;

/**
 * A rotary position embedding. Layers with equal ones share its angles.
 *
 * @param frequencies compared by identity
 */
record RopeSpec(RopePairs pairs, RopeFrequencies frequencies) {
  /**
   * What the keys {@code rope.*} say.
   *
   * @param keyLength values of a head
   * @throws dev.flyball.engine.EngineException FILE_CORRUPT, UNSUPPORTED_MODEL
   */
  static RopeSpec read(ModelSource source, RopePairs pairs, int keyLength) {
    HyperParameters keys = source.keys();
    int dimensions = readDimensions(keys, keyLength);
    RopeScaling scaling = RopeScaling.read(keys, source.config().contextLength());
    Optional<float[]> divisors = source.root().findVector("rope_freqs.weight", dimensions / 2);
    double base = keys.positive("rope.freq_base", 10_000);
    return new RopeSpec(pairs, RopeFrequencies.of(dimensions, base, divisors, scaling));
  }

  private static int readDimensions(HyperParameters keys, int keyLength) {
    int dimensions = keys.count("rope.dimension_count", keyLength);
    if (dimensions > keyLength || dimensions % 2 != 0) {
      throw keys.invalid(
          "rope.dimension_count",
          "should be even and at most the head's " + keyLength + " but is " + dimensions);
    }
    return dimensions;
  }
}
