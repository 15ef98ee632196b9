package dev.flyball.cli.load.workload;

import java.util.ArrayList;
import java.util.List;

/**
 * How long a prompt is and what it shares with others: parts of the same seed have the same text,
 * so prompts that begin with the same parts have a common prefix.
 */
public record PromptSpec(List<Part> parts) {
  /**
   * A piece of a prompt.
   *
   * @param seed decides the text
   * @param tokens its length, 0 or more
   */
  public record Part(long seed, int tokens) {
    public Part {
      if (tokens < 0) {
        throw new IllegalArgumentException("a part of a prompt has " + tokens + " tokens");
      }
    }
  }

  public PromptSpec {
    parts = List.copyOf(parts);
  }

  /** All tokens of the prompt. */
  public int tokens() {
    return parts.stream().mapToInt(Part::tokens).sum();
  }

  /** This prompt with so many tokens of another part in front. */
  PromptSpec after(Part prefix) {
    if (prefix.tokens() == 0) {
      return this;
    }
    List<Part> all = new ArrayList<>(parts.size() + 1);
    all.add(prefix);
    all.addAll(parts);
    return new PromptSpec(all);
  }

  /** The beginning of this prompt, at most {@code maxTokens} long. */
  PromptSpec limitedTo(int maxTokens) {
    List<Part> kept = new ArrayList<>(parts.size());
    int room = maxTokens;
    for (Part part : parts) {
      int tokens = Math.min(part.tokens(), room);
      if (tokens > 0) {
        kept.add(new Part(part.seed(), tokens));
      }
      room -= tokens;
    }
    return new PromptSpec(kept);
  }
}
