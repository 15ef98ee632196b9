package dev.flyball.engine.model.recurrent;

import dev.flyball.engine.model.TensorGroup;
import dev.flyball.kernels.StoredMatrix;
import java.util.Arrays;
import java.util.Optional;

/**
 * A causal convolution of each channel over its last few values, as read from a file.
 *
 * @param channels values of a token
 * @param length tokens that a result depends on
 * @param weight (length, channels), the oldest token's first
 * @param bias of each channel
 * @param stateOffset where its part of the state begins: the last {@code length - 1} tokens,
 *     (length - 1, channels)
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; written once
record ConvolutionSpec(
    int channels, int length, float[] weight, Optional<float[]> bias, int stateOffset) {

  /** Reads {@code name.weight} (channels, length) and the bias, where there is one. */
  static ConvolutionSpec read(TensorGroup layer, String name, int channels, int length) {
    StoredMatrix stored = layer.matrix(name + ".weight", channels, length);
    float[] weight = new float[Math.multiplyExact(channels, length)];
    float[] taps = new float[length];
    for (int channel = 0; channel < channels; channel++) {
      stored.decode(channel, 0, length, taps, 0);
      for (int tap = 0; tap < length; tap++) {
        weight[tap * channels + channel] = taps[tap];
      }
    }
    int offset = layer.source().addState((length - 1) * (long) channels);
    Optional<float[]> bias = layer.findVector(name + ".bias", channels);
    return new ConvolutionSpec(channels, length, weight, bias, offset);
  }

  /** (length + 1, channels): the weight, and behind it the bias or zeros. */
  float[] weightAndBias() {
    float[] all = Arrays.copyOf(weight, Math.addExact(weight.length, channels));
    bias.ifPresent(values -> System.arraycopy(values, 0, all, weight.length, channels));
    return all;
  }
}
