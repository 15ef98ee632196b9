package dev.flyball.bench;

import dev.flyball.cli.load.workload.ArrivalProcess;
import dev.flyball.cli.load.workload.PlannedRequest;
import dev.flyball.cli.load.workload.RequestLimits;
import dev.flyball.cli.load.workload.SyntheticWorkload;
import dev.flyball.cli.load.workload.TrafficMix;
import dev.flyball.cli.load.workload.Workload;
import dev.flyball.engine.schedule.PreemptionMode;
import dev.flyball.engine.schedule.PrefixKeys;
import dev.flyball.engine.schedule.ScheduledSequence;
import dev.flyball.engine.schedule.SchedulerLimits;
import dev.flyball.engine.schedule.SchedulingPolicy;
import dev.flyball.engine.schedule.Step;
import dev.flyball.engine.schedule.StepCost;
import dev.flyball.engine.schedule.StepScheduler;
import dev.flyball.units.LatencyTarget;
import dev.flyball.units.Priority;
import dev.flyball.units.ServiceTerms;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * The schedulers on a machine that is simulated: steps take the time of a {@link StepCost}, give or
 * take 10 %, memory has no end and prompts share nothing. Hours of load take seconds.
 *
 * <p>{@code SchedulerSimulation COSTS TTFT_MS TPOT_MS REQUESTS PLACES TOLD|UNTOLD MIX SHARE...}:
 * COSTS are the five of a {@link StepCost} in nanoseconds, with commas; TOLD: requests name the
 * goals to the scheduler; SHARE of the capacity is what arrives, and the capacity is what the
 * adaptive scheduler does of the same requests when all are there at once.
 */
public final class SchedulerSimulation {
  private static final int BATCH_TOKENS = 256;
  private static final int BLOCK_TOKENS = 32;
  private static final int CONTEXT_TOKENS = 8192;
  private static final double NOISE = 0.1;
  private static final long SEED = 7;

  private final StepCost machine;
  private final LatencyTarget goals;
  private final int requests;
  private final SchedulerLimits limits;
  private final boolean told;
  private final TrafficMix mix;

  private SchedulerSimulation(String[] args) {
    double[] costs = Arrays.stream(args[0].split(",")).mapToDouble(Double::parseDouble).toArray();
    machine = new StepCost(costs[0], costs[1], costs[2], costs[3], costs[4]);
    goals = new LatencyTarget(millis(args[1]), millis(args[2]));
    requests = Integer.parseInt(args[3]);
    limits = new SchedulerLimits(Integer.parseInt(args[4]), BATCH_TOKENS, BLOCK_TOKENS);
    told = args[5].equals("TOLD");
    mix = TrafficMix.parse(args[6]);
  }

  private static Optional<Duration> millis(String text) {
    return Optional.of(Duration.ofMillis(Long.parseLong(text)));
  }

  /** Simulates and prints a table. */
  public static void main(String[] args) {
    SchedulerSimulation simulation = new SchedulerSimulation(args);
    PrintStream out = System.out;
    double capacity = simulation.run(SchedulingPolicy.ADAPTIVE, 1e4).requestsPerSecond();
    out.printf(Locale.ROOT, "capacity %.3f requests/s%n", capacity);
    for (String share : Arrays.asList(args).subList(7, args.length)) {
      double rate = Double.parseDouble(share) * capacity;
      for (SchedulingPolicy policy : SchedulingPolicy.values()) {
        out.printf(Locale.ROOT, "%s of capacity, %s%n", share, policy);
        simulation.run(policy, rate).print(out);
      }
    }
  }

  private Outcome run(SchedulingPolicy policy, double rate) {
    StepScheduler<Answer> scheduler = StepScheduler.of(policy, limits, () -> Long.MAX_VALUE / 2);
    SplittableRandom random = new SplittableRandom(SEED);
    RequestLimits all = new RequestLimits(Optional.empty(), requests, CONTEXT_TOKENS);
    Workload arrivals = new SyntheticWorkload(mix, new ArrivalProcess(rate, 1), all, 0, SEED);
    List<Answer> answers = new ArrayList<>();
    Optional<PlannedRequest> next = arrivals.next();
    long now = 0;
    while (next.isPresent() || scheduler.runningCount() + scheduler.waitingCount() > 0) {
      while (next.isPresent() && next.get().arrivalNanos() <= now) {
        Answer answer =
            new Answer(
                next.get(),
                told ? new LatencyTarget(Optional.empty(), goals.tpot()) : LatencyTarget.NONE);
        answers.add(answer);
        scheduler.add(answer, now);
        next = arrivals.next();
      }
      Step<Answer> step = scheduler.next(now);
      if (step.size() == 0) {
        now = next.orElseThrow().arrivalNanos();
        continue;
      }
      double noise = 1 - NOISE + 2 * NOISE * random.nextDouble();
      long elapsed = (long) (machine.nanos(step.work()) * noise);
      now += elapsed;
      compute(step, scheduler, now);
      scheduler.ran(step, elapsed);
    }
    return new Outcome(answers, now, goals);
  }

  private static void compute(Step<Answer> step, StepScheduler<Answer> scheduler, long now) {
    for (int i = 0; i < step.size(); i++) {
      Answer answer = step.sequence(i);
      answer.compute(step.tokens(i), now);
      if (answer.output == answer.request.outputTokens()) {
        scheduler.remove(answer);
      }
    }
  }

  /** A request on its way. */
  private static final class Answer implements ScheduledSequence {
    private final PlannedRequest request;
    private final ServiceTerms terms;
    private int computed;
    private int output;
    private long firstNanos;
    private long lastNanos;

    Answer(PlannedRequest request, LatencyTarget target) {
      this.request = request;
      this.terms = new ServiceTerms("default", Priority.NORMAL, target);
    }

    void compute(int tokens, long now) {
      computed += tokens;
      if (computed == request.prompt().tokens() + output) {
        firstNanos = output == 0 ? now : firstNanos;
        lastNanos = now;
        output++;
      }
    }

    double ttftMillis() {
      return (firstNanos - request.arrivalNanos()) / 1e6;
    }

    double tpotMillis() {
      return (lastNanos - firstNanos) / 1e6 / Math.max(1, output - 1);
    }

    @Override
    public int pendingTokens() {
      return request.prompt().tokens() + output - computed;
    }

    @Override
    public boolean decoding() {
      return output > 0;
    }

    @Override
    public int computedTokens() {
      return computed;
    }

    @Override
    public int mostTokens() {
      return request.prompt().tokens() + request.outputTokens() - 1;
    }

    @Override
    public ServiceTerms terms() {
      return terms;
    }

    @Override
    public long submittedNanos() {
      return request.arrivalNanos();
    }

    @Override
    public PrefixKeys prefixKeys() {
      return PrefixKeys.NONE;
    }

    @Override
    public int adopt() {
      return 0;
    }

    @Override
    public boolean tryGrow(int tokens) {
      return true;
    }

    @Override
    public void release(PreemptionMode mode) {
      throw new IllegalStateException("there is memory for all");
    }
  }

  /** What a run came to. */
  private record Outcome(List<Answer> answers, long endNanos, LatencyTarget goals) {
    double requestsPerSecond() {
      return answers.size() / (endNanos / 1e9);
    }

    void print(PrintStream out) {
      Map<String, List<Answer>> classes = new LinkedHashMap<>();
      answers.forEach(a -> classes.computeIfAbsent("all", _ -> new ArrayList<>()).add(a));
      answers.forEach(
          a -> classes.computeIfAbsent(a.request.className(), _ -> new ArrayList<>()).add(a));
      classes.forEach(
          (name, members) ->
              out.printf(
                  Locale.ROOT,
                  "  %-9s good %5.1f %% (ttft %5.1f, tpot %5.1f)  TTFT p50 %6.0f p90 %6.0f p99 %6.0f"
                      + "  TPOT p50 %5.1f p90 %5.1f p99 %5.1f%n",
                  name,
                  share(members, true, true),
                  share(members, true, false),
                  share(members, false, true),
                  quantile(members, true, 0.5),
                  quantile(members, true, 0.9),
                  quantile(members, true, 0.99),
                  quantile(members, false, 0.5),
                  quantile(members, false, 0.9),
                  quantile(members, false, 0.99)));
    }

    private double share(List<Answer> members, boolean byTtft, boolean byTpot) {
      double ttft = byTtft ? goals.ttft().orElseThrow().toMillis() : Double.MAX_VALUE;
      double tpot = byTpot ? goals.tpot().orElseThrow().toMillis() : Double.MAX_VALUE;
      long good =
          members.stream().filter(a -> a.ttftMillis() <= ttft && a.tpotMillis() <= tpot).count();
      return 100.0 * good / members.size();
    }

    private static double quantile(List<Answer> members, boolean ttft, double part) {
      double[] sorted =
          members.stream()
              .mapToDouble(a -> ttft ? a.ttftMillis() : a.tpotMillis())
              .sorted()
              .toArray();
      return sorted[(int) Math.min(sorted.length - 1.0, part * sorted.length)];
    }
  }
}
