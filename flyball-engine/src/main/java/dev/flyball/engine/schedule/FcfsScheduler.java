package dev.flyball.engine.schedule;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * First come, first served, whatever the shapes of the prompts: the yardsticks for {@link
 * AdaptiveScheduler}. The first in line starts as soon as a place is free and there is memory for
 * all that it may come to; nobody overtakes it, so that nobody starves and nobody is preempted.
 *
 * <p>Two ways. {@link #rigid}: whole prompts in fixed batches. As many as there are places begin
 * together, once all of the batch before them have ended; while a prompt is computed no answer goes
 * on, however many steps it takes. {@link #continuous}: a place is given anew as soon as it is
 * free; a step holds the tokens of every decoding sequence, then fills the batch with the oldest
 * prompt, and with the next one only where that ends.
 *
 * @param <S> the sequences
 */
public final class FcfsScheduler<S extends ScheduledSequence> implements StepScheduler<S> {
  private final SchedulerLimits limits;
  private final boolean rigid;
  private final Map<S, ServiceNotes> waiting = new LinkedHashMap<>();
  private final Map<S, ServiceNotes> running = new LinkedHashMap<>();
  private final Step<S> step = new Step<>();

  private FcfsScheduler(SchedulerLimits limits, boolean rigid) {
    this.limits = limits;
    this.rigid = rigid;
  }

  /** Whole prompts, fixed batches. */
  public static <S extends ScheduledSequence> FcfsScheduler<S> rigid(SchedulerLimits limits) {
    return new FcfsScheduler<>(limits, true);
  }

  /** Prompts in pieces as large as the batch, places given anew at every step. */
  public static <S extends ScheduledSequence> FcfsScheduler<S> continuous(SchedulerLimits limits) {
    return new FcfsScheduler<>(limits, false);
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
    if (!rigid || running.isEmpty()) {
      admit();
    }
    step.clear();
    if (!rigid || running.keySet().stream().allMatch(ScheduledSequence::decoding)) {
      addDecodes();
    }
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
  public void forEachRunning(Consumer<? super S> visitor) {
    running.keySet().forEach(visitor);
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
      int tokens = sequence.wholeChunk(Math.min(room, sequence.pendingTokens()), room);
      if (tokens > 0) {
        step.addPrefill(sequence, tokens);
        notes.chunk(tokens);
      }
    }
    if (room == 0) {
      step.limitedBy(PrefillLimit.BATCH);
    }
  }
}
