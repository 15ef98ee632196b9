package dev.flyball.engine.schedule;

/** The share of prompts that was in memory when they came, over about the last twenty. */
final class CachedShare {
  private static final double NEWEST_SHARE = 1.0 / 20;

  private double mean;

  void observe(int cachedTokens, int promptTokens) {
    mean += NEWEST_SHARE * ((double) cachedTokens / promptTokens - mean);
  }

  /** 0 to 1. */
  double mean() {
    return Math.clamp(mean, 0, 1);
  }
}
