package dev.flyball.cli.load.workload;

import java.util.random.RandomGenerator;

/**
 * Times between arrivals, gamma-distributed: burstiness 1 is a Poisson process, below 1 arrivals
 * come in bursts, above 1 they become regular. The parameter is that of vLLM's serving benchmark.
 *
 * @param ratePerSecond mean arrivals a second
 * @param burstiness shape of the gamma distribution
 */
public record ArrivalProcess(double ratePerSecond, double burstiness) {
  private static final double MAX_RATE = 1e5;

  public ArrivalProcess {
    if (!(ratePerSecond > 0 && ratePerSecond <= MAX_RATE)) {
      throw new IllegalArgumentException("a rate must be above 0 and at most 100000 a second");
    }
    if (!(burstiness >= 0.01 && burstiness <= 1000)) {
      throw new IllegalArgumentException("burstiness must be 0.01 to 1000; 1 is Poisson");
    }
  }

  /** Seconds until the next arrival. */
  double nextGapSeconds(RandomGenerator random) {
    double unit = burstiness == 1 ? exponential(random) : gamma(burstiness, random) / burstiness;
    return unit / ratePerSecond;
  }

  private static double exponential(RandomGenerator random) {
    return -Math.log(1 - random.nextDouble());
  }

  /**
   * A value of the gamma distribution with scale 1. Marsaglia and Tsang, "A simple method for
   * generating gamma variables", ACM TOMS 26 (2000); a shape below 1 is raised by one and scaled
   * back as they show.
   */
  private static double gamma(double shape, RandomGenerator random) {
    if (shape < 1) {
      return gamma(shape + 1, random) * Math.pow(1 - random.nextDouble(), 1 / shape);
    }
    double d = shape - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) { // accepts at least 95 of 100 tries
      double x = random.nextGaussian();
      double cube = 1 + c * x;
      if (cube <= 0) {
        continue;
      }
      double v = cube * cube * cube;
      double u = 1 - random.nextDouble();
      if (Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) {
        return d * v;
      }
    }
  }
}
