package dev.flyball.engine.schedule;

import dev.flyball.units.ServiceTerms;
import java.time.Duration;
import java.util.Optional;

/**
 * What a request that comes now has to expect: the prompts in line, in their order, and how fast
 * they are computed. Immutable.
 */
public final class QueueForecast {
  /** Where nothing can be said. */
  public static final QueueForecast UNKNOWN =
      new QueueForecast(false, StepCost.PRIOR, 1, 1, 0, 0, 0, new Line(0));

  private final boolean known;
  private final StepCost cost;
  private final int maxBatchTokens;
  private final double slowdown;
  private final double cachedShare;
  private final int freePlaces;
  private final long queuedTokens;
  private final Line line;

  /** Prompts in line, in their order. */
  static final class Line {
    private final int[] urgencies;
    private final long[] startsByNanos;
    private final double[] promptNanos;
    private int size;

    Line(int capacity) {
      urgencies = new int[capacity];
      startsByNanos = new long[capacity];
      promptNanos = new double[capacity];
    }

    void add(int urgency, long startByNanos, double nanos) {
      urgencies[size] = urgency;
      startsByNanos[size] = startByNanos;
      promptNanos[size++] = nanos;
    }

    private boolean isBefore(int i, int urgency, long startByNanos) {
      return urgencies[i] < urgency
          || (urgencies[i] == urgency && startsByNanos[i] <= startByNanos);
    }
  }

  /**
   * @param slowdown how many times longer prompts take beside running answers
   * @param cachedShare the share of prompts that lately was in memory already, 0 to 1
   * @param freePlaces places that running answers leave
   * @param queuedTokens of all prompts in line
   */
  QueueForecast(
      boolean known,
      StepCost cost,
      int maxBatchTokens,
      double slowdown,
      double cachedShare,
      int freePlaces,
      long queuedTokens,
      Line line) {
    this.known = known;
    this.cost = cost;
    this.maxBatchTokens = maxBatchTokens;
    this.slowdown = slowdown;
    this.cachedShare = cachedShare;
    this.freePlaces = freePlaces;
    this.queuedTokens = queuedTokens;
    this.line = line;
  }

  /** Tokens of prompts that are to be computed. */
  public long queuedTokens() {
    return queuedTokens;
  }

  /** How long it takes to compute all prompts in line; zero where nothing is known. */
  public Duration backlog() {
    double nanos = 0;
    for (int i = 0; i < line.size && known; i++) {
      nanos += line.promptNanos[i];
    }
    return Duration.ofNanos((long) (nanos * slowdown));
  }

  /**
   * When a request that comes now will have its first token.
   *
   * @param tokensBefore of prompts that came since this forecast was made
   * @param endsEveryNanos how long lately passed between the ends of two requests: how fast places
   *     become free where none is
   * @return nothing where too little is known
   */
  public Optional<Duration> timeToFirstToken(
      int promptTokens,
      ServiceTerms terms,
      long tokensBefore,
      double endsEveryNanos,
      long nowNanos) {
    if (!known) {
      return Optional.empty();
    }
    int tokens = Math.max(1, (int) (promptTokens * (1 - cachedShare)));
    double own = cost.promptNanos(tokens, promptTokens - tokens, maxBatchTokens);
    long patience = PromptOrder.patienceNanos(own, cost, maxBatchTokens);
    int urgency = PromptOrder.urgency(terms.priority(), 0, patience);
    long startBy = PromptOrder.startBy(nowNanos, own, patience, terms.target().ttft(), nowNanos);
    double before = tokensBefore * (1 - cachedShare) * cost.prefillNanos();
    int ahead = 0;
    for (int i = 0; i < line.size; i++) {
      if (line.isBefore(i, urgency, startBy)) {
        ahead++;
        before += line.promptNanos[i];
      }
    }
    double forPlace = Math.max(0, ahead + 1 - freePlaces) * endsEveryNanos;
    double wait = Math.max(before * slowdown, forPlace) + own * slowdown;
    return Optional.of(Duration.ofNanos((long) wait));
  }
}
