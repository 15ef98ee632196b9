package dev.flyball.engine.model;

/**
 * What becomes of the products of queries and keys before the softmax: {@code cap * tanh(scale *
 * product / cap)}.
 *
 * @param scale above 0
 * @param softCap infinite: {@code scale * product}
 */
record ScoreRule(float scale, float softCap) {
  static ScoreRule scaled(double factor) {
    return new ScoreRule((float) factor, Float.POSITIVE_INFINITY);
  }
}
