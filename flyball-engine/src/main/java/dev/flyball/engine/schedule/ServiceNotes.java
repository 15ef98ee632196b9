package dev.flyball.engine.schedule;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a scheduler did with one sequence, and why. Bounded. Not thread-safe. */
public final class ServiceNotes {
  private static final int CHUNKS_LISTED = 16;

  private final List<Integer> firstChunks = new ArrayList<>();
  private final Map<PrefillLimit, Integer> limits = new EnumMap<>(PrefillLimit.class);
  private int chunks;
  private int pausedSteps;
  private int prefixSteps;
  private int adoptedTokens;
  private int preemptions;
  private Optional<Duration> predictedTtft = Optional.empty();

  /** How often it lost its memory. */
  public int preemptions() {
    return preemptions;
  }

  /** Tokens that others computed for it, or had computed before. */
  public int adoptedTokens() {
    return adoptedTokens;
  }

  /** Steps in which it waited for another to compute the prefix that they share. */
  public int prefixSteps() {
    return prefixSteps;
  }

  /** Steps that computed a part of its prompt. */
  public int chunks() {
    return chunks;
  }

  /** The notes as short sentences, at most six. */
  public List<String> reasons() {
    List<String> reasons = new ArrayList<>();
    if (chunks > 1) {
      reasons.add("prompt in " + chunks + " chunks: " + listed() + limitsNamed());
    }
    if (adoptedTokens > 0) {
      reasons.add(adoptedTokens + " tokens shared with other prompts");
    }
    if (prefixSteps > 0) {
      reasons.add("waited " + prefixSteps + " steps for another prompt to compute the same prefix");
    }
    if (pausedSteps > 0) {
      reasons.add("its prompt was paused for others in " + pausedSteps + " steps");
    }
    if (preemptions > 0) {
      reasons.add("lost its memory to others " + preemptions + " times and was computed again");
    }
    predictedTtft.ifPresent(
        ttft -> reasons.add("first token predicted after " + ttft.toMillis() + " ms"));
    return reasons;
  }

  /** The reasons in one line. */
  public String summary() {
    return String.join(", ", reasons());
  }

  void chunk(int tokens) {
    chunks++;
    if (firstChunks.size() < CHUNKS_LISTED) {
      firstChunks.add(tokens);
    }
  }

  void limitedBy(PrefillLimit limit) {
    limits.merge(limit, 1, Integer::sum);
  }

  void paused() {
    pausedSteps++;
  }

  void waitedForPrefix() {
    prefixSteps++;
  }

  void adopted(int tokens) {
    adoptedTokens += tokens;
  }

  void preempted() {
    preemptions++;
  }

  void predictedTtft(Duration predicted) {
    predictedTtft = Optional.of(predicted);
  }

  private String listed() {
    String sizes = firstChunks.stream().map(String::valueOf).collect(Collectors.joining("+"));
    return chunks > firstChunks.size() ? sizes + "+..." : sizes;
  }

  private String limitsNamed() {
    if (limits.isEmpty()) {
      return "";
    }
    return limits.entrySet().stream()
        .map(entry -> entry.getKey().name().toLowerCase(Locale.ROOT) + " " + entry.getValue())
        .collect(Collectors.joining(", ", " (cut by ", ")"));
  }
}
