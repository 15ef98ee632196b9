package dev.flyball.engine.synth;

/**
 * How positions are turned into rotations.
 *
 * @param base of the wavelengths
 * @param llama3Factor by how much long wavelengths are stretched, after Llama 3.1; 1 where they are
 *     not
 */
public record RopeShape(double base, double llama3Factor) {
  private static final double LOW_FREQUENCY_FACTOR = 1;
  private static final double HIGH_FREQUENCY_FACTOR = 4;
  private static final double TRAINED_CONTEXT = 8192;

  static RopeShape plain(double base) {
    return new RopeShape(base, 1);
  }

  static RopeShape llama3(double base, double factor) {
    return new RopeShape(base, factor);
  }

  boolean isScaled() {
    return llama3Factor != 1;
  }

  /**
   * What each frequency is divided by: 1 for wavelengths under a quarter of the trained context,
   * the whole factor for those over the trained context, in between a blend.
   *
   * <p>Source: Llama 3.1's {@code apply_scaling}; as tensor {@code rope_freqs.weight} in GGUF.
   *
   * @param headLength length of the rotated vector
   * @return one divisor for each pair
   */
  float[] divisors(int headLength) {
    float[] divisors = new float[headLength / 2];
    for (int i = 0; i < divisors.length; i++) {
      double wavelength = 2 * Math.PI * Math.pow(base, 2.0 * i / headLength);
      divisors[i] = (float) divisor(wavelength);
    }
    return divisors;
  }

  private double divisor(double wavelength) {
    if (wavelength < TRAINED_CONTEXT / HIGH_FREQUENCY_FACTOR) {
      return 1;
    }
    if (wavelength > TRAINED_CONTEXT / LOW_FREQUENCY_FACTOR) {
      return llama3Factor;
    }
    double blend =
        (TRAINED_CONTEXT / wavelength - LOW_FREQUENCY_FACTOR)
            / (HIGH_FREQUENCY_FACTOR - LOW_FREQUENCY_FACTOR);
    return 1 / ((1 - blend) / llama3Factor + blend);
  }
}
