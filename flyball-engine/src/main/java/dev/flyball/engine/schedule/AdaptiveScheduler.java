package dev.flyball.engine.schedule;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Composes steps by the shapes of what is to be computed. A step holds the tokens of every sequence
 * that decodes, then chunks of prompts in {@link PromptOrder}, as much as {@link PrefillBudget}
 * allows by a model of step time that learns from every step.
 *
 * <p>Several prompts may be under way; one that comes later and is shorter goes first, between two
 * chunks. A prompt whose next block is being computed for another one waits for it. Memory grows
 * with the sequences; where there is no more, {@link Preemption} finds who gives his back. A prompt
 * is begun only where the memory has room for all of it beside those that are under way, and nobody
 * begins past one who waits for memory.
 *
 * <p>Every step has tokens while there is anybody; a prompt in line is computed, whatever else
 * comes: see {@link PromptOrder} for how long it may be overtaken.
 *
 * @param <S> the sequences
 */
public final class AdaptiveScheduler<S extends ScheduledSequence> implements StepScheduler<S> {
  /** By how many full batches tenants may differ before it counts. */
  static final int UNFAIR_BATCHES = 8;

  private static final Comparator<Ticket<?>> BY_URGENCY =
      Comparator.<Ticket<?>>comparingInt(ticket -> ticket.urgency)
          .thenComparingLong(ticket -> ticket.number);

  private final SchedulerLimits limits;
  private final LongSupplier freeTokens;
  private final StepTimeModel time = new StepTimeModel();
  private final TenantShares tenants = new TenantShares();
  private final PromptOrder order;
  private final CachedShare cachedShare = new CachedShare();
  private final Map<S, Ticket<S>> tickets = new LinkedHashMap<>();
  private final List<Ticket<S>> prompts = new ArrayList<>();
  private final List<Ticket<S>> decoding = new ArrayList<>();
  private final List<Ticket<S>> promptsInStep = new ArrayList<>();
  private final Preemption<S> preemption;
  private final Step<S> step = new Step<>();
  private double slowdown = 1;
  private long arrivals;

  /**
   * A scheduler without sequences.
   *
   * @param freeTokens how many more tokens the memory has room for now
   */
  public AdaptiveScheduler(SchedulerLimits limits, LongSupplier freeTokens) {
    this.limits = limits;
    this.freeTokens = freeTokens;
    preemption =
        new Preemption<>(tickets.values(), time, limits.maxBatchTokens(), this::backInLine);
    order =
        new PromptOrder(limits.maxBatchTokens(), (long) UNFAIR_BATCHES * limits.maxBatchTokens());
  }

  @Override
  public void add(S sequence, long nowNanos) {
    if (tickets.containsKey(sequence)) {
      throw new IllegalStateException("the sequence is scheduled already");
    }
    Ticket<S> ticket = new Ticket<>(sequence, arrivals++, tenants.come(sequence.terms().tenant()));
    int promptTokens = sequence.pendingTokens();
    forecast()
        .timeToFirstToken(promptTokens, sequence.terms(), 0, 0, nowNanos)
        .ifPresent(ticket.notes::predictedTtft);
    adopt(ticket);
    cachedShare.observe(sequence.computedTokens(), promptTokens);
    order.rank(ticket, tenants, time.cost(), nowNanos);
    tickets.put(sequence, ticket);
    prompts.add(ticket);
  }

  @Override
  public Optional<ServiceNotes> remove(S sequence) {
    Ticket<S> ticket = tickets.remove(sequence);
    if (ticket == null) {
      return Optional.empty();
    }
    if (ticket.decoding) {
      decoding.remove(ticket);
    } else {
      prompts.remove(ticket);
      tenants.leaveLine(ticket.tenant);
    }
    tenants.go(ticket.tenant);
    return Optional.of(ticket.notes);
  }

  @Override
  public Step<S> next(long nowNanos) {
    step.clear();
    for (Ticket<S> ticket : tickets.values()) {
      ticket.inStep = false;
    }
    promptsInStep.clear();
    moveThoseThatDecode(nowNanos);
    order.sort(prompts, tenants, time.cost(), nowNanos);
    sortDecoding(nowNanos);
    int places = placesForDecoding();
    addDecodes(List.copyOf(decoding.subList(0, places)));
    addPrompts(places);
    if (step.size() == 0) {
      addByForce();
    }
    return step;
  }

  @Override
  public void ran(Step<S> done, long elapsedNanos) {
    time.observe(done.work(), elapsedNanos);
  }

  @Override
  public List<S> running() {
    return tickets.values().stream().filter(t -> t.started).map(t -> t.sequence).toList();
  }

  @Override
  public void forEachRunning(Consumer<? super S> visitor) {
    for (Ticket<S> ticket : tickets.values()) {
      if (ticket.started) {
        visitor.accept(ticket.sequence);
      }
    }
  }

  @Override
  public List<S> waiting() {
    return tickets.values().stream().filter(t -> !t.started).map(t -> t.sequence).toList();
  }

  @Override
  public int runningCount() {
    int count = 0;
    for (Ticket<S> ticket : tickets.values()) {
      count += ticket.started ? 1 : 0;
    }
    return count;
  }

  @Override
  public int waitingCount() {
    return tickets.size() - runningCount();
  }

  @Override
  public Optional<StepCost> cost() {
    return Optional.of(time.cost());
  }

  @Override
  public QueueForecast forecast() {
    QueueForecast.Line line = new QueueForecast.Line(prompts.size());
    long queuedTokens = 0;
    for (Ticket<S> ticket : prompts) {
      queuedTokens += ticket.sequence.pendingTokens();
      line.add(ticket.urgency, ticket.startByNanos, ticket.promptNanos);
    }
    return new QueueForecast(
        time.calibrated(),
        time.cost(),
        limits.maxBatchTokens(),
        decoding.isEmpty() ? 1 : slowdown,
        cachedShare.mean(),
        limits.maxRunning() - decoding.size(),
        queuedTokens,
        line);
  }

  /** What steps cost by all that is known. */
  StepTimeModel time() {
    return time;
  }

  private void moveThoseThatDecode(long nowNanos) {
    for (Ticket<S> ticket : prompts) {
      if (ticket.sequence.decoding()) {
        if (!ticket.hasOutput) {
          ticket.notes.ttft(Duration.ofNanos(nowNanos - ticket.sequence.submittedNanos()));
        }
        ticket.decoding = true;
        ticket.hasOutput = true;
        tenants.leaveLine(ticket.tenant);
        decoding.add(ticket);
      }
    }
    prompts.removeIf(ticket -> ticket.decoding);
  }

  /** The most urgent first: who comes last gives his memory or place where there is too little. */
  private void sortDecoding(long nowNanos) {
    for (Ticket<S> ticket : decoding) {
      S sequence = ticket.sequence;
      ticket.urgency =
          PromptOrder.urgency(
              sequence.terms().priority(),
              nowNanos - sequence.submittedNanos(),
              ticket.patienceNanos);
    }
    decoding.sort(BY_URGENCY);
  }

  /**
   * How many answers go on: all for whom there are places, but for one where a more urgent prompt
   * finds them all taken. Who has no place keeps his memory and goes on as soon as there is one.
   */
  private int placesForDecoding() {
    int most = limits.maxRunning();
    if (decoding.size() < most || prompts.isEmpty()) {
      return Math.min(decoding.size(), most);
    }
    Ticket<S> first = prompts.getFirst();
    boolean outranks = !first.overServed && first.urgency < decoding.get(most - 1).urgency;
    return outranks && (first.started || fits(first)) ? most - 1 : most;
  }

  private void addDecodes(List<Ticket<S>> withPlaces) {
    int room = limits.maxBatchTokens() - withPlaces.size();
    for (Ticket<S> ticket : withPlaces) {
      if (ticket.decoding) {
        room -= addDecode(ticket, Math.min(ticket.sequence.pendingTokens() - 1, room));
      }
    }
  }

  /** Adds a token and, where there is memory for them, those guessed behind it. */
  private int addDecode(Ticket<S> ticket, int wanted) {
    int guessed = wanted > 0 && ticket.sequence.tryGrow(1 + wanted) ? wanted : 0;
    if (guessed == 0 && !preemption.growDecoding(ticket)) {
      return 0;
    }
    ticket.inStep = true;
    ticket.started = true;
    step.addDecode(ticket.sequence, 1 + guessed);
    ticket.tenant.serve((long) (1 + guessed) * TenantShares.OUTPUT_WEIGHT);
    return guessed;
  }

  private void addPrompts(int placesTaken) {
    PrefillBudget budget =
        PrefillBudget.of(
            time,
            step.work(),
            strictestTarget(),
            placesTaken,
            prompts.size(),
            limits.maxBatchTokens());
    double leftNanos = budget.nanos();
    int leftTokens = Math.min(budget.tokens(), limits.maxBatchTokens() - step.totalTokens());
    boolean memoryShort = false;
    for (Ticket<S> ticket : prompts) {
      if (mayNotGoOn(placesTaken, leftNanos, leftTokens, budget.limit())) {
        break;
      }
      memoryShort |= !hasRoom(ticket);
      if ((memoryShort && !ticket.started) || waitsForAnother(ticket)) {
        continue;
      }
      int tokens = chunk(ticket, leftNanos, leftTokens);
      if (tokens == 0) {
        continue;
      }
      if (!preemption.growPrompt(ticket, tokens)) {
        memoryShort = true;
        continue;
      }
      leftNanos -= time.cost().chunkNanos(tokens, ticket.sequence.computedTokens());
      leftTokens -= tokens;
      addPrompt(ticket, tokens);
      if (tokens < ticket.sequence.pendingTokens()) {
        step.limitedBy(leftTokens <= 0 ? PrefillLimit.BATCH : budget.limit());
        ticket.notes.limitedBy(step.limit());
      }
    }
    notePauses(memoryShort);
    slowdown = slowdown();
  }

  /** Sets why. A step always has room for a first chunk: prompts go on, if slowly. */
  private boolean mayNotGoOn(
      int placesTaken, double leftNanos, int leftTokens, PrefillLimit budgetLimit) {
    if (placesTaken + promptsInStep.size() >= limits.maxRunning()) {
      step.limitedBy(PrefillLimit.PLACES);
      return true;
    }
    if (step.totalTokens() >= limits.maxBatchTokens()) {
      step.limitedBy(PrefillLimit.BATCH);
      return true;
    }
    boolean spent = leftTokens <= 0 || leftNanos <= 0;
    if (spent && !promptsInStep.isEmpty()) {
      step.limitedBy(budgetLimit);
      return true;
    }
    return false;
  }

  private boolean waitsForAnother(Ticket<S> ticket) {
    adopt(ticket);
    S sequence = ticket.sequence;
    if (sequence.awaitsFile()) {
      return true;
    }
    for (Ticket<S> other : promptsInStep) {
      if (sequence
          .prefixKeys()
          .nextIsPendingIn(
              other.sequence.prefixKeys(),
              sequence.computedTokens(),
              other.sequence.computedTokens())) {
        ticket.notes.waitedForPrefix();
        return true;
      }
    }
    return false;
  }

  /**
   * Tokens of a prompt for this step: what time and batch leave, down to the end of a block so that
   * what was computed can be shared, but for a prompt's end. The first prompt of a step gets {@link
   * #leastChunk} however short the time, and all that there is time for where that is less than a
   * block: else the rest would go to those behind it.
   */
  private int chunk(Ticket<S> ticket, double leftNanos, int leftTokens) {
    int tokens = divisibleChunk(ticket, leftNanos, leftTokens);
    int room = limits.maxBatchTokens() - step.totalTokens();
    return tokens == 0 ? 0 : ticket.sequence.wholeChunk(tokens, room);
  }

  private int divisibleChunk(Ticket<S> ticket, double leftNanos, int leftTokens) {
    S sequence = ticket.sequence;
    int pending = sequence.pendingTokens();
    int computed = sequence.computedTokens();
    boolean first = promptsInStep.isEmpty();
    int most = Math.min(pending, leftTokens);
    int tokens = time.cost().largestChunk(leftNanos, computed, most);
    if (first) {
      tokens = Math.max(tokens, Math.min(leastChunk(), most));
    }
    int block = limits.blockTokens();
    if (tokens == pending || (first && tokens < block)) {
      return tokens;
    }
    int aligned = (computed + tokens) / block * block - computed;
    return aligned > 0 ? aligned : first ? tokens : 0;
  }

  /** Half a block: deep in a document a whole one takes longer than a token of an answer may. */
  private int leastChunk() {
    return Math.max(1, limits.blockTokens() / 2);
  }

  private boolean hasRoom(Ticket<S> ticket) {
    return ticket.started || step.size() == 0 || fits(ticket);
  }

  /** Whether all of a prompt has room beside the rest of those that have begun. */
  private boolean fits(Ticket<S> ticket) {
    long needed = ticket.sequence.pendingTokens() + (long) decoding.size() * limits.blockTokens();
    for (Ticket<S> other : prompts) {
      needed += other.started ? other.sequence.pendingTokens() : 0;
    }
    return needed <= freeTokens.getAsLong();
  }

  private void addPrompt(Ticket<S> ticket, int tokens) {
    ticket.inStep = true;
    ticket.started = true;
    promptsInStep.add(ticket);
    step.addPrefill(ticket.sequence, tokens);
    ticket.tenant.serve((long) tokens * TenantShares.PROMPT_WEIGHT);
    ticket.notes.chunk(tokens);
  }

  /**
   * Where nobody could go on, since all wait for memory that others hold, the one who outranks all
   * takes what he needs. An answer without a place goes on before that.
   */
  private void addByForce() {
    if (!decoding.isEmpty()) {
      addDecodes(List.of(decoding.getFirst()));
    }
    if (step.size() == 0 && !prompts.isEmpty()) {
      addPromptByForce();
    }
  }

  private void addPromptByForce() {
    Ticket<S> highest = prompts.getFirst();
    for (Ticket<S> ticket : prompts) {
      highest = ticket.outranks(highest) ? ticket : highest;
    }
    adopt(highest);
    int tokens = chunk(highest, Double.MAX_VALUE, limits.maxBatchTokens());
    if (preemption.growPrompt(highest, tokens)) {
      addPrompt(highest, tokens);
    }
  }

  private void notePauses(boolean memoryShort) {
    if (memoryShort) {
      step.limitedBy(PrefillLimit.MEMORY);
    }
    for (Ticket<S> ticket : prompts) {
      if (ticket.started && !ticket.inStep) {
        ticket.notes.promptPaused();
      }
    }
    for (Ticket<S> ticket : decoding) {
      if (!ticket.inStep) {
        ticket.notes.answerPaused();
      }
    }
  }

  /** How much longer prompts take since answers are decoded beside them. */
  private double slowdown() {
    if (promptsInStep.isEmpty()) {
      return slowdown;
    }
    StepWork work = step.work();
    StepCost cost = time.cost();
    double decodes =
        work.decodeTokens() * cost.decodeNanos() + work.decodeAttended() * cost.decodeKeyNanos();
    double all = cost.nanos(work);
    return Math.clamp(all / Math.max(1, all - decodes), 1, 100);
  }

  private Optional<Duration> strictestTarget() {
    Optional<Duration> strictest = Optional.empty();
    for (Ticket<S> ticket : decoding) {
      Optional<Duration> target = ticket.sequence.terms().target().tpot();
      boolean stricter =
          ticket.inStep
              && target.isPresent()
              && (strictest.isEmpty() || target.get().compareTo(strictest.get()) < 0);
      strictest = stricter ? target : strictest;
    }
    return strictest;
  }

  private void adopt(Ticket<S> ticket) {
    int gained = ticket.sequence.adopt();
    ticket.holding = true;
    if (gained > 0) {
      ticket.notes.adopted(gained);
    }
  }

  /** One that lost its memory stands in line again. */
  private void backInLine(Ticket<S> ticket) {
    if (ticket.decoding) {
      ticket.decoding = false;
      decoding.remove(ticket);
      prompts.add(ticket);
      tenants.enterLine(ticket.tenant);
    }
  }
}
