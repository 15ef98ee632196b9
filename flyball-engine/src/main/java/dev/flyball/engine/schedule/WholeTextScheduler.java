package dev.flyball.engine.schedule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Fills steps with whole texts, for models whose tokens see those behind them too: a text is in one
 * step or in none, and its sequence ends with that step. The oldest text is always in the next
 * step; younger ones fill what it leaves, in their order.
 *
 * @param <S> the sequences; none has more tokens than a step, and none decodes
 */
public final class WholeTextScheduler<S extends ScheduledSequence> implements StepScheduler<S> {
  private final SchedulerLimits limits;
  private final Map<S, ServiceNotes> sequences = new LinkedHashMap<>();
  private final Step<S> step = new Step<>();

  /**
   * @param limits of which {@code maxRunning} does not count: a step has as many texts as fit
   */
  public WholeTextScheduler(SchedulerLimits limits) {
    this.limits = limits;
  }

  @Override
  public void add(S sequence, long nowNanos) {
    if (sequences.putIfAbsent(sequence, new ServiceNotes()) != null) {
      throw new IllegalStateException("the sequence is scheduled already");
    }
  }

  @Override
  public Optional<ServiceNotes> remove(S sequence) {
    return Optional.ofNullable(sequences.remove(sequence));
  }

  @Override
  public Step<S> next(long nowNanos) {
    step.clear();
    sequences.forEach(this::addWhole);
    return step;
  }

  private void addWhole(S sequence, ServiceNotes notes) {
    int tokens = sequence.pendingTokens();
    if (step.totalTokens() + tokens > limits.maxBatchTokens()) {
      step.limitedBy(PrefillLimit.BATCH);
      return;
    }
    sequence.adopt();
    if (!sequence.tryGrow(tokens)) {
      step.limitedBy(PrefillLimit.MEMORY);
      return;
    }
    step.addPrefill(sequence, tokens);
    notes.chunk(tokens);
  }

  @Override
  public void ran(Step<S> done, long elapsedNanos) {}

  /** Those of the step composed last that are still here. */
  @Override
  public List<S> running() {
    List<S> running = new ArrayList<>();
    for (int i = 0; i < step.size(); i++) {
      if (sequences.containsKey(step.sequence(i))) {
        running.add(step.sequence(i));
      }
    }
    return running;
  }

  @Override
  public void forEachRunning(Consumer<? super S> visitor) {
    running().forEach(visitor);
  }

  @Override
  public List<S> waiting() {
    List<S> waiting = new ArrayList<>(sequences.keySet());
    waiting.removeAll(running());
    return waiting;
  }

  @Override
  public int runningCount() {
    return running().size();
  }

  @Override
  public int waitingCount() {
    return sequences.size() - runningCount();
  }

  @Override
  public Optional<StepCost> cost() {
    return Optional.empty();
  }

  @Override
  public QueueForecast forecast() {
    return QueueForecast.UNKNOWN;
  }
}
