package dev.flyball.engine.schedule;

/**
 * How long steps take: the time of a step is that of an empty one and of each token in it and of
 * each key that the tokens attend to. None is negative. Immutable.
 *
 * @param stepNanos of a step by itself
 * @param prefillNanos of a token of a prompt
 * @param decodeNanos of a decoded token
 * @param prefillKeyNanos of a key that a token of a prompt attends to
 * @param decodeKeyNanos of a key that a decoded token attends to
 */
public record StepCost(
    double stepNanos,
    double prefillNanos,
    double decodeNanos,
    double prefillKeyNanos,
    double decodeKeyNanos) {

  /** Of a model of a billion parameters on two cores: what is assumed before anything was seen. */
  static final StepCost PRIOR = new StepCost(10e6, 2e6, 2e6, 500, 500);

  /** The time of a step. */
  public double nanos(StepWork work) {
    return stepNanos
        + work.prefillTokens() * prefillNanos
        + work.decodeTokens() * decodeNanos
        + work.prefillAttended() * prefillKeyNanos
        + work.decodeAttended() * decodeKeyNanos;
  }

  /** What a chunk of a prompt adds to a step. */
  double chunkNanos(int tokens, int context) {
    return tokens * prefillNanos + StepWork.attended(tokens, context) * prefillKeyNanos;
  }

  /** The time of computing a prompt, or its rest, alone. */
  double promptNanos(int tokens, int context, int maxBatchTokens) {
    return chunkNanos(tokens, context) + Math.ceilDiv(tokens, maxBatchTokens) * stepNanos;
  }

  /**
   * The most tokens of a prompt that add no more than a time to a step.
   *
   * @param context tokens of the prompt that are computed already
   * @param limit the most that is asked for
   */
  int largestChunk(double nanos, int context, int limit) {
    if (nanos <= 0) {
      return 0;
    }
    if (chunkNanos(limit, context) <= nanos) {
      return limit;
    }
    // The root of a c^2 + b c = nanos, in the form that is stable for small a.
    double a = prefillKeyNanos / 2;
    double b = prefillNanos + prefillKeyNanos * (context + 0.5);
    return (int) Math.min(limit, 2 * nanos / (b + Math.sqrt(b * b + 4 * a * nanos)));
  }
}
