package dev.flyball.engine.sample;

/**
 * The random numbers of one request: a fixed algorithm, so that a seed gives the same text on every
 * JDK. Every token that is drawn takes exactly one number, whatever else runs, so that the number
 * of a later token is known before.
 *
 * <p>Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
 */
final class SplitMix64 {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final double UNIT_52_BITS = 0x1.0p-52;

  private long state;

  SplitMix64(long seed) {
    state = seed;
  }

  long nextLong() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  /** The number that {@link #nextLong} gives after {@code skipped} others; takes none. */
  long peek(int skipped) {
    return mix(state + (skipped + 1) * GOLDEN_GAMMA);
  }

  /** Number {@code index} of the sequence that begins with a seed. */
  static long number(long seed, int index) {
    return mix(seed + (index + 1) * GOLDEN_GAMMA);
  }

  /** As {@link #number}, but uniform in (0, 1). */
  static double unit(long seed, int index) {
    return ((number(seed, index) >>> 12) + 0.5) * UNIT_52_BITS;
  }

  private static long mix(long seed) {
    long z = seed;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
