package dev.flyball.server.receipt;

import dev.flyball.engine.FinishReason;
import dev.flyball.engine.GenerationResult;
import dev.flyball.engine.StepTrace;
import dev.flyball.governor.Plan;
import dev.flyball.server.energy.EnergyMeter;
import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import dev.flyball.units.Energy;
import dev.flyball.units.ImageWork;
import dev.flyball.units.Outcome;
import dev.flyball.units.PhaseTimes;
import dev.flyball.units.PlanSummary;
import dev.flyball.units.Receipt;
import dev.flyball.units.ServiceTerms;
import dev.flyball.units.StepWork;
import dev.flyball.units.TokenClasses;
import dev.flyball.units.TokenUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one request so far; its receipt at the end. A request that was submitted ends
 * when the last of its choices has; one that fails before ends there. Thread-safe.
 */
public final class RequestRecord {
  private final String id;
  private final Optional<String> clientId;
  private final Instant arrivedAt;
  private final Supplier<Duration> sinceArrival;
  private final EnergyMeter meter;
  private final ReceiptObserver observer;

  private Optional<String> model = Optional.empty();
  private Optional<String> run = Optional.empty();
  private Optional<PlanSummary> plan = Optional.empty();
  private Optional<ServerException> failure = Optional.empty();
  private ServiceTerms terms = ServiceTerms.DEFAULT;
  private EnergyMeter.@Nullable Reading start;
  private Duration preparation = Duration.ZERO;
  private int choicesPerPrompt = 1;
  private int running;

  private TokenUsage usage = new TokenUsage(0, 0, 0);
  private StepWork work = StepWork.NONE;
  private ImageWork images = ImageWork.NONE;
  private Duration queue = Duration.ZERO;
  private Duration prefill = Duration.ZERO;
  private Duration decode = Duration.ZERO;
  private boolean cancelled;
  private final List<String> finishReasons = new ArrayList<>();
  private @Nullable Receipt receipt;

  RequestRecord(
      String id,
      Optional<String> clientId,
      Instant arrivedAt,
      Supplier<Duration> sinceArrival,
      EnergyMeter meter,
      ReceiptObserver observer) {
    this.id = id;
    this.clientId = clientId;
    this.arrivedAt = arrivedAt;
    this.sinceArrival = sinceArrival;
    this.meter = meter;
    this.observer = observer;
  }

  /** Its terms are read. */
  public synchronized void asked(ServiceTerms itsTerms, Optional<String> itsRun) {
    terms = itsTerms;
    run = itsRun;
  }

  /** Its model is found and loaded. */
  public synchronized void served(String modelName) {
    model = Optional.of(modelName);
  }

  /** Its images are encoded. */
  public synchronized void encoded(ImageWork itsImages) {
    images = itsImages;
  }

  /** It is decided how it is answered. */
  public synchronized void planned(Plan decision) {
    plan = Optional.of(decision.summary());
  }

  /**
   * Its choices are about to be submitted.
   *
   * @param perPrompt choices that share a prompt
   */
  public synchronized void submitted(int perPrompt) {
    choicesPerPrompt = perPrompt;
    preparation = sinceArrival.get();
    start = meter.read();
  }

  /** A choice was accepted. */
  public synchronized void accepted() {
    running++;
  }

  /** A choice came to an end in the engine. */
  public synchronized void ended(int choice, GenerationResult result) {
    running--;
    TokenUsage used = result.usage();
    boolean promptCounts = choice % choicesPerPrompt == 0;
    usage = usage.plus(promptCounts ? used : new TokenUsage(0, 0, used.output(), used.reasoning()));
    work = work.plus(workOf(result.trace()));
    queue = longer(queue, result.queueTime());
    prefill = longer(prefill, result.prefillTime());
    decode = longer(decode, result.decodeTime());
    cancelled |= result.reason() == FinishReason.CANCELLED;
  }

  /**
   * A choice ended.
   *
   * @param finishReason why, as the API that is spoken calls it
   */
  public synchronized void finished(String finishReason) {
    finishReasons.add(finishReason);
  }

  /** A choice failed in the engine. */
  public synchronized void broke() {
    running--;
    finishReasons.add("error");
  }

  /** Its texts became vectors or scores: all that it wanted. */
  public synchronized Receipt embedded(int promptTokens) {
    usage = new TokenUsage(promptTokens, 0, 0);
    finishReasons.add("stop");
    return close();
  }

  /** The client is given an error; it is the end unless choices still run. */
  public synchronized void failed(ServerException why) {
    if (failure.isEmpty()) {
      failure = Optional.of(why);
    }
    if (running == 0) {
      close();
    }
  }

  /** The client went away while no choice ran. */
  public synchronized void abandoned() {
    cancelled = true;
    close();
  }

  /** Its receipt; from the first call on nothing changes it. */
  public synchronized Receipt close() {
    if (receipt == null) {
      receipt = write();
      observer.onReceipt(receipt);
    }
    return receipt;
  }

  private Receipt write() {
    Duration total = sinceArrival.get();
    Optional<Energy> energy =
        start == null ? Optional.empty() : meter.since(start, work.computeTime());
    return new Receipt(
        id,
        clientId,
        run,
        model,
        terms,
        TokenClasses.of(usage),
        start == null
            ? PhaseTimes.notSubmitted(total)
            : new PhaseTimes(preparation, queue, prefill, decode, total),
        work,
        images,
        energy,
        plan,
        new Outcome(ending(), finishReasons, failure.map(why -> why.error().code())),
        arrivedAt,
        arrivedAt.plus(total));
  }

  private Outcome.Ending ending() {
    if (failure.isEmpty()) {
      return cancelled ? Outcome.Ending.CANCELLED : Outcome.Ending.COMPLETED;
    }
    ServerError error = failure.get().error();
    boolean computed = !work.computeTime().isZero();
    boolean fault = error.status() == 500 || (error.status() > 500 && computed);
    return fault ? Outcome.Ending.FAILED : Outcome.Ending.REFUSED;
  }

  private static StepWork workOf(StepTrace trace) {
    return new StepWork(
        trace.prefillSteps(),
        trace.decodeSteps(),
        trace.preemptions(),
        trace.draftedTokens(),
        trace.acceptedTokens(),
        trace.computeTime(),
        trace.reasons());
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }
}
