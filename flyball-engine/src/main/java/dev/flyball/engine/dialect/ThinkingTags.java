package dev.flyball.engine.dialect;

import java.util.List;
import java.util.Optional;

/** What a family of models puts around its thoughts. */
record ThinkingTags(String opening, String closing) {
  private static final List<ThinkingTags> KNOWN =
      List.of(
          new ThinkingTags("<think>", "</think>"),
          new ThinkingTags("[THINK]", "[/THINK]"),
          new ThinkingTags("<seed:think>", "</seed:think>"));

  /** The tags that a template speaks of. */
  static Optional<ThinkingTags> of(String template) {
    return KNOWN.stream().filter(tags -> template.contains(tags.closing())).findFirst();
  }

  /** Whether a prompt ends with the opening of a thought, so that the answer begins within it. */
  boolean opensAtEndOf(String prompt) {
    return prompt.stripTrailing().endsWith(opening);
  }
}
