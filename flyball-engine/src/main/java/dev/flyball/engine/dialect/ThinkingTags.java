package dev.flyball.engine.dialect;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a family of models puts around its thoughts.
 *
 * @param breakBefore whether a line ends before the closing
 * @param blanksAfter line ends that stand between a thought and its answer
 */
record ThinkingTags(String opening, String closing, boolean breakBefore, String blanksAfter) {
  private static final List<ThinkingTags> KNOWN =
      List.of(
          new ThinkingTags("<think>", "</think>", false, ""),
          new ThinkingTags("[THINK]", "[/THINK]", false, ""),
          new ThinkingTags("<|START_THINKING|>", "<|END_THINKING|>", false, ""),
          new ThinkingTags("<seed:think>", "</seed:think>", false, ""),
          new ThinkingTags("<|channel>thought", "<channel|>", false, ""));

  /** A line end, as a template's source spells it in a string. */
  private static final String LINE_END = "\\\\n";

  /** The tags that a template speaks of, with the line ends that it writes beside them. */
  static Optional<ThinkingTags> of(String template) {
    return KNOWN.stream()
        .filter(tags -> template.contains(tags.closing()))
        .findFirst()
        .map(tags -> tags.asIn(template));
  }

  private ThinkingTags asIn(String template) {
    Matcher written =
        Pattern.compile(
                "((?:" + LINE_END + ")*)" + Pattern.quote(closing) + "((?:" + LINE_END + ")*)")
            .matcher(template);
    boolean before = false;
    int after = 0;
    while (written.find()) {
      before |= !written.group(1).isEmpty();
      after = Math.max(after, written.group(2).length() / 2);
    }
    return new ThinkingTags(opening, closing, before, "\n".repeat(after));
  }

  /** What ends a thought, as the template would write it. */
  String end() {
    return (breakBefore ? "\n" : "") + closing + blanksAfter;
  }

  /** Whether a prompt ends with the opening of a thought, so that the answer begins within it. */
  boolean opensAtEndOf(String prompt) {
    return prompt.stripTrailing().endsWith(opening);
  }

  /** Whether a prompt ends with a thought that is over, so that no other follows. */
  boolean closesAtEndOf(String prompt) {
    return prompt.stripTrailing().endsWith(closing);
  }
}
