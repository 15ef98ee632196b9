package dev.flyball.cli.pull;

import dev.flyball.cli.console.CommandFailure;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What to fetch: {@code hf:OWNER/REPO[:QUANT or FILE]}.
 *
 * @param owner user or organisation
 * @param repository name under the owner
 * @param selector a quantization like {@code Q4_K_M} or a file of the repository; absent: ours to
 *     choose
 */
public record HubReference(String owner, String repository, Optional<String> selector) {
  private static final Pattern SYNTAX =
      Pattern.compile("hf:([A-Za-z0-9][\\w.-]*)/([A-Za-z0-9][\\w.-]*)(?::([\\w./+-]+))?");

  /**
   * Reads a reference.
   *
   * @throws CommandFailure where the text is none
   */
  public static HubReference parse(String text) {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches() || text.contains("..")) {
      throw new CommandFailure(
          "\""
              + text
              + "\" does not name a model on the hub: write hf:OWNER/REPO or hf:OWNER/REPO:QUANT,"
              + " for example hf:bartowski/Llama-3.2-1B-Instruct-GGUF:Q4_K_M");
    }
    return new HubReference(
        matcher.group(1), matcher.group(2), Optional.ofNullable(matcher.group(3)));
  }

  /** {@code OWNER/REPO}. */
  public String id() {
    return owner + "/" + repository;
  }
}
