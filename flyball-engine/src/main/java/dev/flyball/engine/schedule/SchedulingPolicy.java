package dev.flyball.engine.schedule;

import java.util.Locale;

/** How steps are composed. */
public enum SchedulingPolicy {
  /** By the shapes of the prompts and a model of step time: {@link AdaptiveScheduler}. */
  ADAPTIVE,
  /** In the order of arrival, prompts as a whole, in batches of one size: {@link FcfsScheduler}. */
  FCFS;

  /**
   * The policy that a user names.
   *
   * @throws IllegalArgumentException where there is none of this name
   */
  public static SchedulingPolicy of(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "adaptive" -> ADAPTIVE;
      case "fcfs" -> FCFS;
      default ->
          throw new IllegalArgumentException(
              "there is no scheduler '" + name + "'; it is adaptive or fcfs");
    };
  }
}
