package dev.flyball.engine.schedule;

import dev.flyball.units.Priority;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The order in which prompts are computed.
 *
 * <ol>
 *   <li>Tenants who were served more than {@link #unfairTokens} weighted tokens beyond the least
 *       served one in line come after the others.
 *   <li>The more urgent class comes first. Who has waited for his {@link #patienceNanos patience}
 *       and {@link #PROMOTION} moves up one class.
 *   <li>The earliest latest start comes first: submission plus patience. A short prompt thus
 *       overtakes a long one, but only where it came within the long one's patience after it, so
 *       that nobody waits for ever. A TTFT target that can still be met makes the start earlier;
 *       one that cannot does not count any more, since it would only make others late. A generation
 *       that lost its memory has nothing added: somebody is reading it.
 * </ol>
 */
final class PromptOrder {
  static final double PATIENCE = 100;
  static final Duration PROMOTION = Duration.ofSeconds(30);

  /** A prompt with a TTFT target is started so much earlier than predicted, for safety. */
  private static final double TARGET_MARGIN = 1.5;

  private static final Comparator<Ticket<?>> COMPARATOR =
      Comparator.<Ticket<?>, Boolean>comparing(ticket -> ticket.overServed)
          .thenComparingInt(ticket -> ticket.urgency)
          .thenComparingLong(ticket -> ticket.startByNanos)
          .thenComparingLong(ticket -> ticket.number);

  private final int maxBatchTokens;
  private final long unfairTokens;

  /**
   * @param maxBatchTokens of a step
   * @param unfairTokens by how many weighted tokens tenants may differ before it counts
   */
  PromptOrder(int maxBatchTokens, long unfairTokens) {
    this.maxBatchTokens = maxBatchTokens;
    this.unfairTokens = unfairTokens;
  }

  /**
   * Sorts prompts in place: nearly sorted lists, as those of a step before are, take linear time.
   */
  <S extends ScheduledSequence> void sort(
      List<Ticket<S>> prompts, TenantShares tenants, StepCost cost, long nowNanos) {
    long fair = tenants.leastServed() + unfairTokens;
    for (Ticket<S> ticket : prompts) {
      rank(ticket, fair, cost, nowNanos);
    }
    prompts.sort(COMPARATOR);
  }

  /** Finds out what the place of a prompt depends on. */
  <S extends ScheduledSequence> void rank(
      Ticket<S> ticket, TenantShares tenants, StepCost cost, long nowNanos) {
    rank(ticket, tenants.leastServed() + unfairTokens, cost, nowNanos);
  }

  private <S extends ScheduledSequence> void rank(
      Ticket<S> ticket, long fair, StepCost cost, long nowNanos) {
    S sequence = ticket.sequence;
    long submitted = sequence.submittedNanos();
    ticket.overServed = ticket.tenant.served() > fair;
    ticket.promptNanos =
        cost.promptNanos(sequence.pendingTokens(), sequence.computedTokens(), maxBatchTokens);
    ticket.patienceNanos = patienceNanos(ticket.promptNanos, cost, maxBatchTokens);
    ticket.urgency =
        urgency(sequence.terms().priority(), nowNanos - submitted, ticket.patienceNanos);
    ticket.startByNanos =
        ticket.hasOutput
            ? submitted
            : startBy(
                submitted,
                ticket.promptNanos,
                ticket.patienceNanos,
                sequence.terms().target().ttft(),
                nowNanos);
  }

  /**
   * How long others that are shorter may come and still go first. About {@link #PATIENCE} times the
   * time that a short prompt takes alone, but for long ones it grows with the logarithm only: a
   * question should overtake every document, a document of ten pages not all of those with twenty.
   * The time of a full batch is where short ends and long begins.
   */
  static long patienceNanos(double promptNanos, StepCost cost, int maxBatchTokens) {
    double batchNanos = Math.max(1, cost.promptNanos(maxBatchTokens, 0, maxBatchTokens));
    return (long) (PATIENCE * batchNanos * Math.log1p(promptNanos / batchNanos));
  }

  /** The class of a request that has waited for a while; 0 is the most urgent. */
  static int urgency(Priority priority, long waitedNanos, long patienceNanos) {
    long promotions = Math.max(0, waitedNanos) / (PROMOTION.toNanos() + patienceNanos);
    int unpromoted =
        switch (priority) {
          case HIGH -> 0;
          case NORMAL -> 1;
          case LOW -> 2;
        };
    return (int) Math.max(0, unpromoted - promotions);
  }

  /** When a prompt should be started at the latest. */
  static long startBy(
      long submittedNanos,
      double promptNanos,
      long patienceNanos,
      Optional<Duration> ttft,
      long nowNanos) {
    long byAge = submittedNanos + patienceNanos;
    if (ttft.isEmpty()) {
      return byAge;
    }
    long deadline = submittedNanos + ttft.get().toNanos();
    boolean hopeless = nowNanos + promptNanos > deadline;
    return hopeless ? byAge : Math.min(byAge, deadline - (long) (TARGET_MARGIN * promptNanos));
  }
}
