package dev.flyball.cli;

import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.CommandFailure;
import dev.flyball.cli.console.LongWork;
import dev.flyball.cli.console.Progress;
import dev.flyball.cli.console.UsageFailure;
import dev.flyball.engine.synth.SyntheticModel;
import dev.flyball.engine.synth.SyntheticShape;
import dev.flyball.kernels.TensorType;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code flyball synth}. */
@Command(
    name = "synth",
    description = {
      "Writes a model with random weights: as fast or slow as a real one of its shape, but it says"
          + " nothing.",
      "Shapes by name: tiny, 160m, llama-3.2-1b, llama-3.2-3b, llama-3.1-8b; qwen3.5-2b,"
          + " granite-4.0-h-1b, lfm2-1.2b, gemma-3-1b, deepseek-v2-lite-cut, gpt-oss-cut, bge-base."
    })
final class SynthCommand implements Runnable {
  private final CommandContext context;

  @Option(
      names = "--shape",
      required = true,
      description =
          "A name, or a list like layers=16,dim=2048,ffn=8192,heads=32,kv-heads=8,vocab=128256,"
              + "context=8192[,head-dim=64][,experts=8,experts-used=2][,tied]")
  private String shape = "";

  @Option(
      names = "--type",
      description =
          "How the weights are stored: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private TensorType type = TensorType.Q4_0;

  @Option(names = "--seed", description = "Of the weights (default: ${DEFAULT-VALUE})")
  private long seed = 1;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE",
      description = "Where to write it")
  private Path output = Path.of("");

  @Option(names = "--force", description = "Replace a file that is there already")
  private boolean force;

  SynthCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public void run() {
    SyntheticShape parsed = parseShape();
    if (Files.exists(output) && !force) {
      throw new CommandFailure(output + " is there already; --force replaces it");
    }
    try (LongWork work = new LongWork(context, output.toString(), Progress.Unit.BYTES)) {
      SyntheticModel.write(parsed, type, seed, output, work::advanceTo);
    }
    context.out().println(output);
  }

  private SyntheticShape parseShape() {
    try {
      return SyntheticShape.parse(shape);
    } catch (IllegalArgumentException wrong) {
      throw new UsageFailure("--shape: " + wrong.getMessage());
    }
  }
}
