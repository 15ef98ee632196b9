package dev.flyball.cli.load.workload;

import dev.flyball.cli.load.workload.PromptSpec.Part;
import dev.flyball.cli.load.workload.TrafficMix.TrafficClass;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A mix of kinds of requests with random arrivals. Everything follows from the seed; the kinds and
 * lengths are the same at every rate.
 */
public final class SyntheticWorkload implements Workload {
  private final TrafficMix mix;
  private final ArrivalProcess arrivals;
  private final RequestLimits limits;
  private final int sharedPrefixTokens;
  private final TextSeeds texts;
  private final SplittableRandom shapes;
  private final SplittableRandom gaps;
  private double seconds;
  private long index;

  /**
   * A workload.
   *
   * @param sharedPrefixTokens stand in front of every prompt, beside those of the mix
   */
  public SyntheticWorkload(
      TrafficMix mix,
      ArrivalProcess arrivals,
      RequestLimits limits,
      int sharedPrefixTokens,
      long seed) {
    this.mix = mix;
    this.arrivals = arrivals;
    this.limits = limits;
    this.sharedPrefixTokens = sharedPrefixTokens;
    this.texts = new TextSeeds(seed);
    SplittableRandom root = new SplittableRandom(seed);
    this.shapes = root.split();
    this.gaps = root.split();
  }

  @Override
  public Optional<PlannedRequest> next() {
    seconds += arrivals.nextGapSeconds(gaps);
    long arrivalNanos = Math.round(seconds * 1e9);
    if (index >= limits.maxRequests()
        || limits.duration().filter(end -> arrivalNanos >= end.toNanos()).isPresent()) {
      return Optional.empty();
    }
    TrafficClass kind = mix.draw(shapes);
    Part own = new Part(texts.ofRequest(index), kind.prompt().draw(shapes));
    PromptSpec prompt =
        new PromptSpec(List.of(own)).after(new Part(texts.ofPrefix(), sharedPrefixTokens));
    index++;
    return Optional.of(
        limits.fit(
            new PlannedRequest(arrivalNanos, kind.name(), prompt, kind.output().draw(shapes))));
  }

  @Override
  public String description() {
    String burst =
        arrivals.burstiness() == 1
            ? "Poisson"
            : String.format(Locale.ROOT, "gamma (burstiness %s)", arrivals.burstiness());
    String prefix =
        sharedPrefixTokens == 0 ? "" : ", a shared prefix of " + sharedPrefixTokens + " tokens";
    return mix + prefix + ", arrivals " + burst;
  }

  @Override
  public List<String> classNames() {
    return mix.classes().stream().map(TrafficClass::name).toList();
  }

  @Override
  public void close() {}
}
