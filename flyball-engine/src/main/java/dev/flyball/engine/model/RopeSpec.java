package dev.flyball.engine.model;

import dev.flyball.engine.model.arithmetic.RopePairs;
import java.util.Arrays;
import java.util.Optional;

/**
 * A rotary position embedding. Layers with equal ones share its angles.
 *
 * @param frequencies compared by identity
 */
public record RopeSpec(RopePairs pairs, RopeFrequencies frequencies) {
  private static final String SECTIONS = "rope.dimension_sections";

  /**
   * What the keys {@code rope.*} say, and the tensors {@code rope_freqs} (llama3's stretching) or
   * {@code rope_factors_*} (LongRoPE).
   *
   * @param keyLength values of a head
   * @throws dev.flyball.engine.EngineException FILE_CORRUPT, UNSUPPORTED_MODEL
   */
  public static RopeSpec read(ModelSource source, RopePairs pairs, int keyLength) {
    if (source.keys().has(SECTIONS)) {
      throw source.keys().unsupported(SECTIONS, "is not known for this architecture");
    }
    RopeScaling scaling = RopeScaling.read(source.keys(), source.config().contextLength());
    return of(source, pairs, keyLength, scaling);
  }

  /** As {@link #read}, with positions as they are, however the file stretches them elsewhere. */
  public static RopeSpec readUnscaled(ModelSource source, RopePairs pairs, int keyLength) {
    return of(source, pairs, keyLength, new RopeScaling.None(1));
  }

  /**
   * The rotation in layers that see a window, where it differs from the others': base {@code
   * rope.freq_base_swa}, positions and frequencies as they are.
   *
   * @param dimensions values of a head that are rotated
   * @param base where the file does not say
   */
  public static RopeSpec readWindowed(
      ModelSource source, RopePairs pairs, int dimensions, double base) {
    double given = source.keys().positive("rope.freq_base_swa", base);
    RopeScaling plain = new RopeScaling.None(1);
    return new RopeSpec(pairs, RopeFrequencies.of(dimensions, given, Optional.empty(), plain));
  }

  /**
   * As {@link #read}, for a head whose pairs take turns to encode time, height and width, and a
   * fourth number that is 0 (interleaved M-RoPE, arXiv:2511.21631). A token of text has the same
   * position in all three.
   */
  public static RopeSpec readInterleaved(ModelSource source, int keyLength) {
    RopeScaling scaling = RopeScaling.read(source.keys(), source.config().contextLength());
    RopeSpec plain = of(source, RopePairs.HALVES, keyLength, scaling);
    int[] sections = source.keys().integers(SECTIONS);
    if (sections.length < 3 || Arrays.stream(sections).anyMatch(n -> n < 0)) {
      throw source.keys().invalid(SECTIONS, "should be 3 or 4 numbers from 0");
    }
    int turns = Math.max(1, Arrays.stream(sections).sum());
    return new RopeSpec(
        plain.pairs, plain.frequencies.only(pair -> pair % turns / 3 < sections[pair % turns % 3]));
  }

  /** As {@link #read}, with positions stretched so. */
  public static RopeSpec of(
      ModelSource source, RopePairs pairs, int keyLength, RopeScaling scaling) {
    int dimensions = readDimensions(source.keys(), keyLength);
    double base = source.keys().positive("rope.freq_base", 10_000);
    Optional<float[]> divisors = readDivisors(source, dimensions / 2);
    return new RopeSpec(pairs, RopeFrequencies.of(dimensions, base, divisors, scaling));
  }

  /** LongRoPE (arXiv:2402.13753) has one set for the original context and one for longer ones. */
  private static Optional<float[]> readDivisors(ModelSource source, int pairs) {
    Optional<float[]> shortFactors = source.root().findVector("rope_factors_short.weight", pairs);
    Optional<float[]> longFactors = source.root().findVector("rope_factors_long.weight", pairs);
    if (shortFactors.isEmpty() || longFactors.isEmpty()) {
      return source.root().findVector("rope_freqs.weight", pairs);
    }
    int original = source.keys().count("rope.scaling.original_context_length");
    return source.runContextLength() > original ? longFactors : shortFactors;
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
