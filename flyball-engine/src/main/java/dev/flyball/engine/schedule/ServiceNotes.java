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
  private int promptPauses;
  private int answerPauses;
  private int prefixSteps;
  private int adoptedTokens;
  private int preemptions;
  private String comeback = "";
  private Optional<Duration> predictedTtft = Optional.empty();
  private Optional<Duration> ttft = Optional.empty();

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
    if (promptPauses + answerPauses > 0) {
      reasons.add(pauses());
    }
    if (preemptions > 0) {
      reasons.add("lost its memory to others " + preemptions + " times, at last " + comeback);
    }
    predictedTtft.ifPresent(predicted -> reasons.add(predictionAndTruth(predicted)));
    return reasons;
  }

  private String pauses() {
    List<String> paused = new ArrayList<>();
    if (promptPauses > 0) {
      paused.add("its prompt was paused for others in " + promptPauses + " steps");
    }
    if (answerPauses > 0) {
      paused.add("its answer gave its place to more urgent ones in " + answerPauses + " steps");
    }
    return String.join(" and ", paused);
  }

  private String predictionAndTruth(Duration predicted) {
    String truth = ttft.map(came -> ", came after " + came.toMillis() + " ms").orElse("");
    return "first token predicted after " + predicted.toMillis() + " ms" + truth;
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

  void promptPaused() {
    promptPauses++;
  }

  void answerPaused() {
    answerPauses++;
  }

  void waitedForPrefix() {
    prefixSteps++;
  }

  void adopted(int tokens) {
    adoptedTokens += tokens;
  }

  void preempted(PreemptionChoice choice) {
    preemptions++;
    comeback = choice.reason();
  }

  /** When its first token was there, as far as the scheduler saw: not where it was the only one. */
  void ttft(Duration came) {
    ttft = Optional.of(came);
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
