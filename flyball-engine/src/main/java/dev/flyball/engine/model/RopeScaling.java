package dev.flyball.engine.model;

/** How rotary positions are stretched over a context longer than the original one. */
public sealed interface RopeScaling {
  /** What cosines and sines are multiplied by. */
  public double magnitude();

  /** Positions as they are. */
  record None(double magnitude) implements RopeScaling {}

  /** All positions divided by {@code factor}. */
  record Linear(double factor, double magnitude) implements RopeScaling {}

  /**
   * Slow pairs divided by {@code factor}, fast ones kept.
   *
   * @param originalContext tokens of the context before stretching
   * @param extrapolation share of the plain frequency that fast pairs keep, 1 as a rule
   * @param attentionFactor extra factor on cosines and sines, 1 as a rule
   * @param betaFast turns over the original context from which on a pair is kept
   * @param betaSlow turns below which a pair is fully interpolated
   */
  record Yarn(
      double factor,
      int originalContext,
      double extrapolation,
      double attentionFactor,
      double betaFast,
      double betaSlow)
      implements RopeScaling {
    @Override
    public double magnitude() {
      return attentionFactor * magnitude(factor, 1);
    }

    /** YaRN's magnitude for a factor, its logarithm weighed with a multiplier. */
    public static double magnitude(double factor, double multiplier) {
      return factor > 1 ? 1 + 0.1 * multiplier * Math.log(factor) : 1;
    }

    /** With another divisor of the magnitude. */
    public Yarn dividedBy(double divisor) {
      return new Yarn(
          factor, originalContext, extrapolation, attentionFactor / divisor, betaFast, betaSlow);
    }
  }

  /**
   * Reads {@code rope.scaling.*}; {@code rope.scale_linear} is its older form.
   *
   * @throws dev.flyball.engine.EngineException UNSUPPORTED_MODEL where the type is unknown
   */
  static RopeScaling read(HyperParameters keys, int contextLength) {
    double magnitude = keys.positive("rope.scaling.attn_factor", 1);
    double factor = readFactor(keys);
    String type = keys.text("rope.scaling.type").orElse("linear");
    return switch (type) {
      case "none", "longrope" -> new None(magnitude);
      case "linear" -> factor == 1 ? new None(magnitude) : new Linear(factor, magnitude);
      case "yarn" -> readYarn(keys, contextLength, factor, magnitude);
      default ->
          throw keys.unsupported(
              "rope.scaling.type",
              "is \"" + type + "\"; supported are none, linear, longrope, yarn");
    };
  }

  /** 0 means no scaling, as in llama.cpp. */
  private static double readFactor(HyperParameters keys) {
    String key = keys.has("rope.scaling.factor") ? "rope.scaling.factor" : "rope.scale_linear";
    return keys.number(key, 0) == 0 ? 1 : keys.positive(key);
  }

  private static Yarn readYarn(
      HyperParameters keys, int contextLength, double factor, double magnitude) {
    double extrapolation = keys.number("rope.scaling.yarn_ext_factor", 1);
    return new Yarn(
        factor,
        keys.count("rope.scaling.original_context_length", contextLength),
        extrapolation < 0 ? 1 : extrapolation,
        magnitude,
        keys.positive("rope.scaling.yarn_beta_fast", 32),
        keys.positive("rope.scaling.yarn_beta_slow", 1));
  }
}
