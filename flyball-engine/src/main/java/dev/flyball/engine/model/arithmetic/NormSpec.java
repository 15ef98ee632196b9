package dev.flyball.engine.model.arithmetic;

import java.util.Optional;

/** A normalisation of rows of values. */
public sealed interface NormSpec {
  /** Values of a row. */
  int length();

  /** {@code x / sqrt(mean(x^2) + epsilon) * weight}, arXiv:1910.07467. */
  @SuppressWarnings("ArrayRecordComponent") // never compared; written once
  record Rms(float[] weight, double epsilon) implements NormSpec {
    @Override
    public int length() {
      return weight.length;
    }
  }

  /** {@code (x - mean(x)) / sqrt(variance(x) + epsilon) * weight + bias}, arXiv:1607.06450. */
  @SuppressWarnings("ArrayRecordComponent") // never compared; written once
  record Layer(float[] weight, Optional<float[]> bias, double epsilon) implements NormSpec {
    @Override
    public int length() {
      return weight.length;
    }
  }
}
