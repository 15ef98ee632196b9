package dev.flyball.engine.model.experts;

import dev.flyball.engine.model.HyperParameters;
import java.util.Optional;

/**
 * How a router's scores become the experts of a token and their weights.
 *
 * @param experts number of experts
 * @param used experts that a token is sent to
 * @param weighing how scores become weights
 * @param normalised whether the weights of the chosen experts are made to sum to 1
 * @param scale factor of all weights
 * @param choiceBias for each expert, added to its weight where experts are compared and nowhere
 *     else (arXiv:2408.15664)
 * @param groups the experts are cut to so many groups of equal size (arXiv:2405.04434)
 * @param groupsUsed groups that a token's experts are chosen from: those whose two best are best
 */
public record ExpertRouting(
    int experts,
    int used,
    Weighing weighing,
    boolean normalised,
    float scale,
    Optional<float[]> choiceBias,
    int groups,
    int groupsUsed) {

  /** How scores become weights. */
  public enum Weighing {
    /** Softmax over all experts (Mixtral, arXiv:2401.04088). */
    SOFTMAX,
    /** Each score's logistic function (DeepSeek-V3, arXiv:2412.19437). */
    SIGMOID,
    /** Experts are compared by their scores; softmax over those chosen. */
    SOFTMAX_OF_CHOSEN
  }

  /** The counts that the keys give; softmax, normalised, neither scale nor bias nor groups. */
  public static ExpertRouting read(HyperParameters keys) {
    int experts = keys.count("expert_count");
    int used = keys.count("expert_used_count");
    if (used > experts) {
      throw keys.invalid("expert_used_count", used + " is more than the " + experts + " experts");
    }
    return new ExpertRouting(experts, used, Weighing.SOFTMAX, true, 1, Optional.empty(), 1, 1);
  }

  /**
   * As {@link #read}, with what {@code expert_gating_func}, {@code expert_weights_norm}, {@code
   * expert_weights_scale} and the keys of groups say.
   *
   * @param orElse how scores become weights where the keys do not say
   */
  public static ExpertRouting readWeighing(HyperParameters keys, Weighing orElse) {
    int function = keys.countOrNone("expert_gating_func");
    Weighing weighing =
        switch (function) {
          case 0 -> orElse;
          case 1 -> Weighing.SOFTMAX;
          case 2 -> Weighing.SIGMOID;
          case 3 -> Weighing.SOFTMAX_OF_CHOSEN;
          default ->
              throw keys.unsupported(
                  "expert_gating_func", "is " + function + "; supported are 0 to 3");
        };
    double scale = keys.number("expert_weights_scale", 0);
    return read(keys)
        .weighing(weighing, keys.flag("expert_weights_norm", false), scale == 0 ? 1 : scale)
        .groups(keys);
  }

  /** With other weights. */
  public ExpertRouting weighing(Weighing other, boolean normalise, double factor) {
    return new ExpertRouting(
        experts, used, other, normalise, (float) factor, choiceBias, groups, groupsUsed);
  }

  /** With a bias on the choice. */
  public ExpertRouting choiceBias(float[] bias) {
    return new ExpertRouting(
        experts, used, weighing, normalised, scale, Optional.of(bias), groups, groupsUsed);
  }

  /**
   * With the groups that {@code expert_group_count} and {@code expert_group_used_count} give.
   *
   * @throws dev.flyball.engine.EngineException FILE_CORRUPT where they do not fit the experts
   */
  ExpertRouting groups(HyperParameters keys) {
    int count = keys.count("expert_group_count", 1);
    int chosen = keys.count("expert_group_used_count", count);
    if (experts % count != 0) {
      throw keys.invalid(
          "expert_group_count", count + " does not divide the " + experts + " experts");
    }
    if (chosen > count || chosen * (experts / count) < used) {
      throw keys.invalid(
          "expert_group_used_count", chosen + " of " + count + " groups for " + used + " experts");
    }
    return new ExpertRouting(experts, used, weighing, normalised, scale, choiceBias, count, chosen);
  }
}
