package dev.flyball.engine.schedule;

import java.util.Locale;

/** How steps are composed. */
public enum SchedulingPolicy {
  /** By the shapes of the prompts and a model of step time: {@link AdaptiveScheduler}. */
  ADAPTIVE,
  /** In the order of arrival, full batches at every step: {@link FcfsScheduler#continuous}. */
  CONTINUOUS,
  /** In the order of arrival, whole prompts, fixed batches: {@link FcfsScheduler#rigid}. */
  FCFS;

  /**
   * The policy that a user names.
   *
   * @throws IllegalArgumentException where there is none of this name
   */
  public static SchedulingPolicy of(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "adaptive" -> ADAPTIVE;
      case "continuous" -> CONTINUOUS;
      case "fcfs" -> FCFS;
      default ->
          throw new IllegalArgumentException(
              "there is no scheduler '" + name + "'; it is adaptive, continuous or fcfs");
    };
  }
}
