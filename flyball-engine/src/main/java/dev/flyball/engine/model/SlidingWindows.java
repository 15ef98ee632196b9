package dev.flyball.engine.model;

import java.util.BitSet;

/**
 * Which layers see a window, and how long it is.
 *
 * @param tokens of the window; 0: no layer has one
 * @param layers the layers that have it
 */
public record SlidingWindows(int tokens, BitSet layers) {
  private static final String WINDOW = "attention.sliding_window";
  private static final String PATTERN = "attention.sliding_window_pattern";

  /**
   * What {@code attention.sliding_window} and {@code attention.sliding_window_pattern} say. The
   * pattern is a flag for each layer, or a number n: the last of n layers sees everything.
   *
   * @param period n where the file does not say
   * @throws dev.flyball.engine.EngineException FILE_CORRUPT
   */
  public static SlidingWindows read(HyperParameters keys, int layers, int period) {
    return read(keys, layers, period, 0);
  }

  /**
   * Likewise.
   *
   * @param orElse tokens of the window where the file does not say
   */
  public static SlidingWindows read(HyperParameters keys, int layers, int period, int orElse) {
    int tokens = keys.has(WINDOW) ? keys.countOrNone(WINDOW) : orElse;
    BitSet windowed = new BitSet(layers);
    if (tokens > 0 && keys.isArray(PATTERN)) {
      boolean[] flags = keys.flags(PATTERN);
      if (flags.length != layers) {
        throw keys.invalid(PATTERN, "has " + flags.length + " flags for " + layers + " layers");
      }
      for (int i = 0; i < layers; i++) {
        windowed.set(i, flags[i]);
      }
    } else if (tokens > 0) {
      int n = keys.count(PATTERN, period);
      for (int i = 0; i < layers; i++) {
        windowed.set(i, i % n < n - 1);
      }
    }
    return new SlidingWindows(tokens, windowed);
  }

  /** No layer has a window. */
  public static SlidingWindows none() {
    return new SlidingWindows(0, new BitSet());
  }

  public boolean has(int layer) {
    return layers.get(layer);
  }

  /** What a layer sees. */
  public Reach reach(int layer) {
    return has(layer) ? new Reach.Window(tokens) : new Reach.Everything();
  }
}
