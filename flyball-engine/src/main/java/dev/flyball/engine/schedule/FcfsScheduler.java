package dev.flyball.engine.schedule;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * First come, first served, whatever the shapes of the prompts. A step holds the tokens of every
 * decoding sequence, then fills the batch with the oldest prompt, and with the next one only where
 * that ends. The first in line starts as soon as a place is free and there is memory for all that
 * it may come to; nobody overtakes it, so that nobody starves and nobody is preempted.
 *
 * <p>The yardstick for {@link AdaptiveScheduler}.
 *
 * @param <S> the sequences
 */
public final class FcfsScheduler<S extends ScheduledSequence> implements StepScheduler<S> {
  private final SchedulerLimits limits;
  private final Map<S, ServiceNotes> waiting = new LinkedHashMap<>();
  private final Map<S, ServiceNotes> running = new LinkedHashMap<>();
  private final Step<S> step = new Step<>();

  public FcfsScheduler(SchedulerLimits limits) {
    this.limits = limits;
  }

  @Override
  public void add(S sequence, long nowNanos) {
    if (running.containsKey(sequence)
        || waiting.putIfAbsent(sequence, new ServiceNotes()) != null) {
      throw new IllegalStateException("the sequence is scheduled already");
    }
  }

  @Override
  public Optional<ServiceNotes> remove(S sequence) {
    return Optional.ofNullable(running.remove(sequence))
        .or(() -> Optional.ofNullable(waiting.remove(sequence)));
  }

  @Override
  public Step<S> next(long nowNanos) {
    admit();
    step.clear();
    addDecodes();
    running.forEach(this::addPrompt);
    return step;
  }

  @Override
  public void ran(Step<S> done, long elapsedNanos) {}

  @Override
  public List<S> running() {
    return List.copyOf(running.keySet());
  }

  @Override
  public List<S> waiting() {
    return List.copyOf(waiting.keySet());
  }

  @Override
  public int runningCount() {
    return running.size();
  }

  @Override
  public int waitingCount() {
    return waiting.size();
  }

  @Override
  public Optional<StepCost> cost() {
    return Optional.empty();
  }

  @Override
  public QueueForecast forecast() {
    return QueueForecast.UNKNOWN;
  }

  private void admit() {
    Iterator<Map.Entry<S, ServiceNotes>> line = waiting.entrySet().iterator();
    while (running.size() < limits.maxRunning() && line.hasNext()) {
      Map.Entry<S, ServiceNotes> first = line.next();
      S sequence = first.getKey();
      first.getValue().adopted(sequence.adopt());
      if (!sequence.tryGrow(sequence.mostTokens() - sequence.computedTokens())) {
        return;
      }
      line.remove();
      running.put(sequence, first.getValue());
    }
  }

  /** One token each; guessed ones where the batch has room beside the others' first. */
  private void addDecodes() {
    int room = limits.maxBatchTokens() - running.size();
    for (S sequence : running.keySet()) {
      if (sequence.decoding()) {
        int guessed = Math.min(sequence.pendingTokens() - 1, room);
        step.addDecode(sequence, 1 + guessed);
        room -= guessed;
      }
    }
  }

  private void addPrompt(S sequence, ServiceNotes notes) {
    int room = limits.maxBatchTokens() - step.totalTokens();
    if (!sequence.decoding() && room > 0) {
      int tokens = Math.min(room, sequence.pendingTokens());
      step.addPrefill(sequence, tokens);
      notes.chunk(tokens);
    }
    if (room == 0) {
      step.limitedBy(PrefillLimit.BATCH);
    }
  }
}
