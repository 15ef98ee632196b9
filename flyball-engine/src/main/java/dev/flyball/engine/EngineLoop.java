package dev.flyball.engine;

import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.PagedKvCache;
import dev.flyball.engine.model.Batch;
import dev.flyball.engine.model.LanguageModel;
import dev.flyball.engine.model.StepOutput;
import dev.flyball.engine.schedule.SchedulerLimits;
import dev.flyball.engine.schedule.SchedulingPolicy;
import dev.flyball.engine.schedule.ServiceNotes;
import dev.flyball.engine.schedule.Step;
import dev.flyball.engine.schedule.StepCost;
import dev.flyball.engine.schedule.StepScheduler;
import dev.flyball.engine.schedule.WholeTextScheduler;
import dev.flyball.engine.speculate.Speculator;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The engine's thread: take what came, compose a step, run it, hand out its tokens, again. Sleeps
 * while there is nothing to do. At its end, by {@link RequestQueue#close} or by a fault, it ends
 * every request and frees cache and model.
 */
final class EngineLoop implements Runnable {
  private static final Logger LOG = System.getLogger(EngineLoop.class.getName());

  private final LanguageModel model;
  private final KvCache cache;
  private final RequestQueue queue;
  private final LongSupplier nanoTime;
  private final StepScheduler<EngineSequence> scheduler;
  private final Speculator speculator;
  private final List<GenerationSequence> decoding = new ArrayList<>();
  private final Batch batch;
  private final List<EngineSequence> arrivals = new ArrayList<>();
  private final List<EngineSequence> cancellations = new ArrayList<>();
  private final SchedulingTime schedulingTime = new SchedulingTime();
  private int[] rows = new int[8];

  EngineLoop(
      LanguageModel model,
      KvCache cache,
      RequestQueue queue,
      SchedulingPolicy policy,
      Speculator speculator,
      int maxRunning,
      LongSupplier nanoTime) {
    this.model = model;
    this.cache = cache;
    this.queue = queue;
    this.speculator = speculator;
    this.nanoTime = nanoTime;
    SchedulerLimits limits =
        new SchedulerLimits(maxRunning, model.maxBatchTokens(), PagedKvCache.BLOCK_TOKENS);
    scheduler =
        model.config().wholeTexts()
            ? new WholeTextScheduler<>(limits)
            : StepScheduler.of(
                policy,
                limits,
                () -> cache.capacityTokens() - cache.usedTokens() - cache.reservedTokens());
    batch = new Batch(model.maxBatchTokens());
  }

  @Override
  public void run() {
    Ending ending = new Ending.Finished(FinishReason.CANCELLED);
    try {
      while (takeWhatCame()) {
        guess();
        long beginNanos = nanoTime.getAsLong();
        Step<EngineSequence> step = scheduler.next(beginNanos);
        publishLoad();
        schedulingTime.scheduled(nanoTime.getAsLong() - beginNanos);
        runStep(step, beginNanos);
      }
    } catch (RuntimeException | Error fault) {
      LOG.log(Level.ERROR, "the engine's thread failed; the engine closes", fault);
      ending = new Ending.Failed(failure("the engine failed", fault));
    } finally {
      shutDown(ending);
    }
  }

  /** False once the engine is to end. */
  private boolean takeWhatCame() {
    boolean idle = scheduler.runningCount() + scheduler.waitingCount() == 0;
    boolean goOn = queue.take(arrivals, cancellations, idle);
    addArrivals();
    for (EngineSequence sequence : cancellations) {
      leave(sequence, new Ending.Finished(FinishReason.CANCELLED));
    }
    cancellations.clear();
    return goOn;
  }

  private void addArrivals() {
    long nowNanos = nanoTime.getAsLong();
    arrivals.forEach(sequence -> scheduler.add(sequence, nowNanos));
    arrivals.clear();
  }

  /** Guesses tokens of the sequences that decode, where time is looked at. */
  private void guess() {
    if (!speculator.isOff()) {
      scheduler.cost().ifPresent(this::guess);
    }
  }

  private void guess(StepCost cost) {
    decoding.clear();
    scheduler.forEachRunning(this::addDecoding);
    speculator.guess(decoding, cost, batch.capacity());
  }

  private void addDecoding(EngineSequence sequence) {
    if (sequence instanceof GenerationSequence generation && generation.decoding()) {
      decoding.add(generation);
    }
  }

  /** The scheduler learns the whole time from one step to the next: who reads waits for it all. */
  private void runStep(Step<EngineSequence> step, long beginNanos) {
    if (step.size() == 0) {
      cache.stepOver();
      checkNobodyIsStuck();
      return;
    }
    compose(step);
    long startNanos = nanoTime.getAsLong();
    StepOutput output;
    try {
      output = model.forward(batch);
    } catch (RuntimeException | Error fault) {
      failAll(step, fault);
      return;
    }
    batch.computed();
    long nowNanos = nanoTime.getAsLong();
    speculator.ran(step.work(), nowNanos - startNanos);
    schedulingTime.computed(nowNanos - startNanos);
    handOut(step, output, nowNanos - startNanos, nowNanos);
    long endNanos = nanoTime.getAsLong();
    scheduler.ran(step, endNanos - beginNanos);
    schedulingTime.scheduled(nanoTime.getAsLong() - endNanos);
  }

  private void handOut(
      Step<EngineSequence> step, StepOutput output, long elapsedNanos, long nowNanos) {
    int row = 0;
    for (int i = 0; i < step.size(); i++) {
      double share = (double) step.tokens(i) / step.totalTokens();
      step.sequence(i).charge(Math.round(share * elapsedNanos));
      handOut(step.sequence(i), output, row, nowNanos);
      row += rows[i];
    }
  }

  private void compose(Step<EngineSequence> step) {
    batch.clear();
    if (rows.length < step.size()) {
      rows = new int[step.size()];
    }
    long nowNanos = nanoTime.getAsLong();
    for (int i = 0; i < step.size(); i++) {
      rows[i] = step.sequence(i).addTo(batch, step.tokens(i), nowNanos);
    }
  }

  private void handOut(EngineSequence sequence, StepOutput output, int row, long nowNanos) {
    if (sequence.cancelled()) {
      leave(sequence, new Ending.Finished(FinishReason.CANCELLED));
      return;
    }
    try {
      sequence.accept(output, row, nowNanos).ifPresent(ending -> leave(sequence, ending));
    } catch (EngineException e) {
      leave(sequence, new Ending.Failed(e));
    } catch (RuntimeException | Error e) {
      leave(sequence, new Ending.Failed(failure("a token could not be handed out", e)));
    }
  }

  /** What a step that failed left in the cache cannot be trusted: whoever took part fails. */
  private void failAll(Step<EngineSequence> step, Throwable fault) {
    LOG.log(Level.ERROR, "a step of " + step.size() + " requests failed", fault);
    Ending ending = new Ending.Failed(failure("the model's step failed", fault));
    for (int i = 0; i < step.size(); i++) {
      leave(step.sequence(i), ending);
    }
  }

  /** No effect on a sequence that left before. */
  private void leave(EngineSequence sequence, Ending ending) {
    Optional<ServiceNotes> notes = scheduler.remove(sequence);
    if (notes.isPresent()) {
      sequence.release(ending instanceof Ending.Finished);
      long nowNanos = nanoTime.getAsLong();
      queue.ended(sequence, nowNanos);
      publishLoad();
      log(sequence, ending, notes.get(), nowNanos);
      sequence.report(ending, notes.get(), nowNanos);
    }
  }

  private static void log(
      EngineSequence sequence, Ending ending, ServiceNotes notes, long nowNanos) {
    LOG.log(Level.DEBUG, () -> sequence.summary(nowNanos) + "; " + notes.summary() + "; " + ending);
  }

  private void publishLoad() {
    queue.publish(scheduler.runningCount(), cache.usedTokens(), scheduler.forecast());
  }

  private void checkNobodyIsStuck() {
    if (scheduler.waitingCount() > 0
        && scheduler.waiting().stream().noneMatch(EngineSequence::awaitsFile)) {
      throw new IllegalStateException(
          "one of "
              + scheduler.waitingCount()
              + " waiting requests needs more than the whole cache of "
              + cache.capacityTokens()
              + " tokens");
    }
  }

  private void shutDown(Ending ending) {
    queue.close();
    queue.take(arrivals, cancellations, false);
    addArrivals();
    scheduler.running().forEach(sequence -> leave(sequence, ending));
    scheduler.waiting().forEach(sequence -> leave(sequence, ending));
    LOG.log(Level.DEBUG, schedulingTime);
    try (model;
        cache) {
      speculator.close();
    }
  }

  private static EngineException failure(String what, Throwable fault) {
    return new EngineException(EngineError.INTERNAL, what + ": " + fault, fault);
  }
}
