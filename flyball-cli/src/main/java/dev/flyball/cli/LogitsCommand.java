package dev.flyball.cli;

import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.JsonOutput;
import dev.flyball.cli.console.UsageFailure;
import dev.flyball.engine.evaluate.LogitProbe;
import dev.flyball.engine.evaluate.LogitProbe.GreedyToken;
import dev.flyball.engine.evaluate.LogitProbe.TokenLogit;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.units.TokenIds;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flyball logits}. */
@Command(
    name = "logits",
    description = {
      "Shows what a model computes for token ids: the logits of the last position; for embedding"
          + " models the pooled vector, not normalised.",
      "With --json one object:",
      "  kind     \"logits\" or \"pooled\"",
      "  length   number of values",
      "  logits   with --full all values: base64 of little-endian float32; else the same as top",
      "  top      the largest, best first: [[id, value], ...]",
      "  greedy   with --greedy N: the N ids that follow",
      "  margins  beside greedy: how far each was before the second"
    })
final class LogitsCommand implements Runnable {
  private final CommandContext context;

  @Parameters(paramLabel = "FILE", description = ModelFiles.PARAMETER_HELP)
  private String model = "";

  @Option(
      names = "--ids",
      required = true,
      split = ",",
      paramLabel = "ID",
      description = "The token ids, taken as they are: no BOS is added")
  private List<Integer> ids = new ArrayList<>();

  @Option(names = "--greedy", paramLabel = "N", description = "Continue by N most probable ids")
  private int greedy;

  @Option(
      names = "--top",
      paramLabel = "N",
      description = "How many of the largest values (default: ${DEFAULT-VALUE})")
  private int top = 10;

  @Option(names = "--full", description = "All values, in JSON as base64 of float32")
  private boolean full;

  @Option(
      names = "--exact",
      description = "Plain path with F32 activations, the oracle of the generated code")
  private boolean exact;

  @Option(
      names = {"-t", "--threads"},
      description = "Threads that compute (default: one a processor)")
  private int threads;

  @Option(names = "--json", description = "As one JSON object")
  private boolean json;

  LogitsCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public void run() {
    TokenIds tokens = TokenIds.of(ids.stream().mapToInt(Integer::intValue).toArray());
    try (LogitProbe probe =
        LogitProbe.open(
            new ModelFiles(context).resolve(model), UsageFailure.checked(this::options))) {
      requireInVocabulary(probe.config().vocabularySize());
      boolean pooled = probe.isPooled();
      float[] values = pooled ? probe.pooled(tokens) : probe.logits(tokens);
      List<GreedyToken> following =
          greedy > 0 && !pooled ? probe.greedy(tokens, greedy) : List.of();
      if (json) {
        JsonOutput.printLine(context.out(), json(pooled, values, following));
      } else {
        print(values, following);
      }
    }
  }

  private ModelOptions options() {
    Precision precision = exact ? Precision.EXACT : Precision.FAST;
    return new ModelOptions(threads, ModelOptions.DEFAULT.maxBatchTokens(), precision);
  }

  private void requireInVocabulary(int size) {
    for (int id : ids) {
      if (id < 0 || id >= size) {
        throw new UsageFailure("--ids: " + id + " is not among the model's ids 0 to " + (size - 1));
      }
    }
  }

  private Map<String, Object> json(boolean pooled, float[] values, List<GreedyToken> following) {
    List<List<Number>> best =
        LogitProbe.top(values, top).stream()
            .map(entry -> List.<Number>of(entry.token(), entry.logit()))
            .toList();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("kind", pooled ? "pooled" : "logits");
    json.put("length", values.length);
    json.put("logits", full ? base64(values) : best);
    json.put("top", best);
    if (!following.isEmpty()) {
      json.put("greedy", following.stream().map(GreedyToken::token).toList());
      json.put("margins", following.stream().map(GreedyToken::margin).toList());
    }
    return json;
  }

  private void print(float[] values, List<GreedyToken> following) {
    if (full) {
      for (int id = 0; id < values.length; id++) {
        context.out().println(id + "\t" + values[id]);
      }
    } else {
      for (TokenLogit entry : LogitProbe.top(values, top)) {
        context.out().println(entry.token() + "\t" + entry.logit());
      }
    }
    if (!following.isEmpty()) {
      context.out().println("greedy " + following.stream().map(GreedyToken::token).toList());
    }
  }

  private static String base64(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
