package dev.flyball.cli.generate;

import dev.flyball.cli.console.UsageFailure;
import dev.flyball.engine.sample.SamplingParams;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How tokens are chosen, from the command line. */
public final class SamplingOptions {
  @Option(
      names = "--temperature",
      description = "0 takes the most probable token (default: ${DEFAULT-VALUE})")
  private double temperature = 0.8;

  @Option(
      names = "--top-k",
      description = "Choose among the k most probable, 0: all (default: ${DEFAULT-VALUE})")
  private int topK = 40;

  @Option(
      names = "--top-p",
      description = "Choose among those that reach this share (default: ${DEFAULT-VALUE})")
  private double topP = 0.95;

  @Option(
      names = "--min-p",
      description = "Drop what is less probable than this share of the best (default: 0.05)")
  private double minP = 0.05;

  @Option(
      names = "--repetition-penalty",
      description = "Above 1: repeat less (default: ${DEFAULT-VALUE})")
  private double repetitionPenalty = 1;

  @Option(names = "--frequency-penalty", description = "Default: ${DEFAULT-VALUE}")
  private double frequencyPenalty;

  @Option(names = "--presence-penalty", description = "Default: ${DEFAULT-VALUE}")
  private double presencePenalty;

  @Option(names = "--seed", description = "The same seed gives the same text")
  private @Nullable Long seed;

  @Option(
      names = {"-n", "--max-tokens"},
      description = "Most tokens to generate (default: what the context has room for)")
  private int maxTokens = Integer.MAX_VALUE;

  @Option(names = "--stop", paramLabel = "TEXT", description = "End before this text; repeatable")
  private List<String> stop = new ArrayList<>();

  @Option(names = "--ignore-eos", description = "Go on when the model wants to end")
  private boolean ignoreEos;

  /**
   * The options as settings that can be changed later.
   *
   * @throws UsageFailure where a value is out of its range
   */
  public GenerationSettings settings() {
    return UsageFailure.checked(this::uncheckedSettings);
  }

  private GenerationSettings uncheckedSettings() {
    SamplingParams sampling =
        new SamplingParams(
            temperature,
            topK,
            topP,
            minP,
            repetitionPenalty,
            frequencyPenalty,
            presencePenalty,
            Map.of(),
            seed == null ? OptionalLong.empty() : OptionalLong.of(seed));
    return new GenerationSettings(sampling, maxTokens, stop, ignoreEos);
  }
}
