package dev.flyball.server.support;

import java.time.Duration;
import java.util.List;

/**
 * What a scripted engine says.
 *
 * @param pieces the text, one token each
 * @param repeats say it again and again, until told to stop
 * @param pace time between tokens
 * @param failAfter fail after so many tokens; negative: never
 * @param template source of the model's chat template
 */
public record Script(
    List<String> pieces, boolean repeats, Duration pace, int failAfter, String template) {
  /** A short answer, at once. */
  public static final Script GREETING =
      new Script(List.of("Hello", ", ", "wörld", "!"), false, Duration.ZERO, -1, "plain");

  /** An answer that never ends, in steps of some milliseconds. */
  public static final Script ENDLESS =
      new Script(List.of("on and "), true, Duration.ofMillis(2), -1, "plain");

  /** An answer that never ends, some megabytes a second. */
  public static final Script FLOOD =
      new Script(List.of("0123456789".repeat(100)), true, Duration.ofNanos(20_000), -1, "plain");

  /** An answer that keeps its reader waiting. */
  public static final Script SLOW =
      new Script(List.of("well, ", "yes"), false, Duration.ofMillis(1500), -1, "plain");

  /** An answer that breaks off after two tokens. */
  public static final Script FAILING =
      new Script(List.of("so ", "far ", "so good"), false, Duration.ofMillis(1), 2, "plain");

  /** Thinks, speaks, and calls two tools, as Qwen writes it. */
  public static final Script CALLING =
      new Script(
          List.of(
              "<thi",
              "nk>\nPune ",
              "and Rome.\n</think>",
              "\n\nI look.\n<tool",
              "_call>\n{\"name\": \"get_weather\", \"arg",
              "uments\": {\"city\": ",
              "\"Pune\"}}\n</tool_call>\n<tool_call>\n",
              "{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Rome\"}}\n</tool_call>"),
          false,
          Duration.ofMillis(1),
          -1,
          "<think></think><tool_call>");

  /** Tokens up to the end of the thought. */
  int thoughts() {
    for (int i = 0; i < pieces.size(); i++) {
      if (pieces.get(i).contains("</think>")) {
        return i + 1;
      }
    }
    return 0;
  }
}
