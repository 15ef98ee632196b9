package dev.flyball.cli;

import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.LongWork;
import dev.flyball.cli.console.UsageFailure;
import dev.flyball.engine.evaluate.Perplexity;
import dev.flyball.engine.evaluate.TextWindows;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.engine.tokenizer.Tokenizers;
import picocli.CommandLine.Option;

/** Options of the commands that let a model read a text, window by window. */
final class WindowedText {
  private static final int MOST_STEP_TOKENS = 512;

  @Option(
      names = "--text",
      required = true,
      paramLabel = "T",
      description = "A file of UTF-8 text; -: standard input")
  private String text = "";

  @Option(
      names = {"-c", "--context"},
      paramLabel = "TOKENS",
      description = "Tokens of a window (default: ${DEFAULT-VALUE})")
  private int windowTokens = 512;

  @Option(
      names = {"-t", "--threads"},
      description = "Threads that compute (default: one a processor)")
  private int threads;

  /** What {@code --text} names. */
  String name() {
    return text;
  }

  /** The text itself. */
  String content(CommandContext context) {
    return TextArgument.ofFile(context, text);
  }

  /** How many windows to read at most must be a number that there can be. */
  static void requireWindows(int maxWindows) {
    if (maxWindows < 1) {
      throw new UsageFailure("--windows must be at least 1");
    }
  }

  /** The text in windows of the model's tokens. */
  TextWindows windows(GgufFile file, String content, int maxWindows) {
    return UsageFailure.checked(
        () ->
            TextArgument.windows(
                Tokenizers.from(file.metadata()), content, windowTokens, maxWindows));
  }

  /** Shows how many tokens were read. */
  static Perplexity.Listener progress(LongWork work, TextWindows windows) {
    long tokens = windows.windowTokens();
    return Perplexity.Listener.ofWindows(
        (window, all) -> work.advanceTo((window + 1) * tokens, all * tokens));
  }

  /** A model that reads windows of this length. */
  ModelOptions options(Precision precision) {
    int stepTokens = Math.clamp(windowTokens, 1, MOST_STEP_TOKENS);
    return new ModelOptions(threads, stepTokens, precision)
        .withContextLength(Math.max(0, windowTokens));
  }
}
