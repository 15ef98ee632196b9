package dev.flyball.engine.schedule;

import java.util.Collection;
import java.util.function.Consumer;

/**
 * Finds who gives his memory back when there is none for another. It is always the one whom all
 * others outrank: the least urgent, of these the last who came. He has the least to lose, since
 * what he had computed is the least on average; and since the one who outranks all others never
 * loses anything, somebody always gets to his end.
 *
 * <p>What the victim had computed is swapped to the memory's file or computed again, whichever
 * {@link PreemptionChoice} takes for cheaper.
 *
 * <p>One that decodes may take from all whom he outranks. A prompt takes from prompts only: what
 * decodes ends by itself.
 */
final class Preemption<S extends ScheduledSequence> {
  private final Collection<Ticket<S>> tickets;
  private final StepTimeModel time;
  private final int maxBatchTokens;
  private final Consumer<Ticket<S>> onPreempted;

  /**
   * @param tickets all there are
   * @param time what computing again costs
   * @param maxBatchTokens of a step
   * @param onPreempted told of each who lost his memory
   */
  Preemption(
      Collection<Ticket<S>> tickets,
      StepTimeModel time,
      int maxBatchTokens,
      Consumer<Ticket<S>> onPreempted) {
    this.tickets = tickets;
    this.time = time;
    this.maxBatchTokens = maxBatchTokens;
    this.onPreempted = onPreempted;
  }

  /**
   * Makes room for the next token of one that decodes.
   *
   * @return false where it is itself the one to give its memory
   */
  boolean growDecoding(Ticket<S> ticket) {
    while (!ticket.sequence.tryGrow(1)) {
      Ticket<S> victim = lowest(ticket, true);
      preempt(victim);
      if (victim == ticket) {
        return false;
      }
    }
    return true;
  }

  /** Makes room for a chunk of a prompt, where others whom it outranks can give it. */
  boolean growPrompt(Ticket<S> ticket, int tokens) {
    while (!ticket.sequence.tryGrow(tokens)) {
      Ticket<S> victim = lowest(ticket, false);
      if (victim == ticket) {
        return false;
      }
      preempt(victim);
    }
    return true;
  }

  /** Of those with memory that are not in the step, the one whom all others outrank. */
  private Ticket<S> lowest(Ticket<S> start, boolean alsoDecoding) {
    Ticket<S> lowest = start;
    for (Ticket<S> ticket : tickets) {
      boolean possible = ticket.holding && !ticket.inStep && (alsoDecoding || !ticket.decoding);
      if (possible && lowest.outranks(ticket)) {
        lowest = ticket;
      }
    }
    return lowest;
  }

  private void preempt(Ticket<S> victim) {
    S sequence = victim.sequence;
    PreemptionChoice choice =
        PreemptionChoice.of(
            time.cost(), sequence.computedTokens(), maxBatchTokens, sequence.swapNanos());
    sequence.release(choice.mode());
    if (victim.started) {
      victim.notes.preempted(choice);
    }
    victim.holding = false;
    victim.started = false;
    onPreempted.accept(victim);
  }
}
