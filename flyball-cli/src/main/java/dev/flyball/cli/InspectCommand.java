package dev.flyball.cli;

import dev.flyball.cli.console.Amounts;
import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.JsonOutput;
import dev.flyball.cli.console.UsageFailure;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.EngineFactory;
import dev.flyball.engine.EngineOptions;
import dev.flyball.engine.MemoryEstimate;
import dev.flyball.engine.dialect.ChatDialect;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.gguf.GgufMetadata;
import dev.flyball.engine.gguf.GgufSummary;
import dev.flyball.engine.gguf.GgufTensor;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flyball inspect}. */
@Command(
    name = "inspect",
    description = "Shows what is in a GGUF file, and the memory that it needs to run.")
final class InspectCommand implements Runnable {
  private final CommandContext context;
  private final EngineFactory engines;

  @Parameters(paramLabel = "FILE", description = ModelFiles.PARAMETER_HELP)
  private String model = "";

  @Option(
      names = {"-c", "--context"},
      paramLabel = "TOKENS",
      description =
          "Context length to reckon memory for (default: what the model was trained with, at most"
              + " 8192)")
  private int contextLength;

  @Option(
      names = "--parallel",
      description = "Sequences at the same time (default: ${DEFAULT-VALUE})")
  private int parallel = 1;

  @Option(names = "--tensors", description = "List every tensor")
  private boolean listTensors;

  @Option(names = "--json", description = "As one JSON object")
  private boolean json;

  InspectCommand(CommandContext context, EngineFactory engines) {
    this.context = context;
    this.engines = engines;
  }

  @Override
  public void run() {
    Path path = new ModelFiles(context).resolve(model);
    EngineOptions options =
        UsageFailure.checked(() -> new EngineOptions(contextLength, parallel, 0, 0));
    try (GgufFile file = GgufFile.open(path)) {
      GgufSummary summary = GgufSummary.of(file);
      Memory memory = memory(path, options);
      if (json) {
        JsonOutput.printIndented(context.out(), json(file, summary, memory));
      } else {
        print(file, summary, memory);
      }
    }
  }

  /** The memory that a model needs, or why it cannot be run at all. */
  private sealed interface Memory {
    record Needed(MemoryEstimate estimate) implements Memory {}

    record NotRunnable(String reason) implements Memory {}
  }

  private Memory memory(Path path, EngineOptions options) {
    try {
      return new Memory.Needed(engines.estimate(path, options));
    } catch (EngineException unsupported) {
      return new Memory.NotRunnable(String.valueOf(unsupported.getMessage()));
    }
  }

  private void print(GgufFile file, GgufSummary summary, Memory memory) {
    PrintStream out = context.out();
    out.println(summary.name() + ": " + summary.architecture() + ", " + summary.quantization());
    out.println(
        Amounts.count(summary.parameters())
            + " parameters, "
            + Amounts.bytes(summary.fileBytes())
            + " in "
            + file.parts().size()
            + (file.parts().size() == 1 ? " file" : " files")
            + ", GGUF version "
            + file.version());
    out.println("\nMetadata");
    GgufMetadata metadata = file.metadata();
    metadata.keys().forEach(key -> out.println("  " + key + " = " + metadata.describe(key)));
    dialect(file)
        .ifPresent(
            dialect -> {
              out.println("\nAnswers, by the chat template");
              out.println("  calls     " + dialect.calls());
              out.println("  thoughts  " + dialect.thoughts());
            });
    out.println("\nTensors by type");
    for (GgufSummary.TypeShare share : summary.types()) {
      out.printf(
          "  %-8s %5d tensors %10s values %12s%n",
          share.type(),
          share.tensors(),
          Amounts.count(share.elements()),
          Amounts.bytes(share.bytes()));
    }
    if (listTensors) {
      out.println("\nTensors");
      file.tensors().forEach(this::print);
    }
    print(memory);
  }

  private static Optional<ChatDialect> dialect(GgufFile file) {
    return file.metadata().findString("tokenizer.chat_template").map(ChatDialect::of);
  }

  private void print(GgufTensor tensor) {
    context
        .out()
        .printf(
            "  %-40s %-8s %-24s %12s%n",
            tensor.name(), tensor.type(), tensor.shape(), Amounts.bytes(tensor.data().byteSize()));
  }

  private void print(Memory memory) {
    PrintStream out = context.out();
    switch (memory) {
      case Memory.Needed(MemoryEstimate estimate) -> {
        out.println("\nMemory for " + contextWords());
        out.println("  weights  " + Amounts.bytes(estimate.weights()));
        out.println("  cache    " + Amounts.bytes(estimate.cache()));
        out.println("  scratch  " + Amounts.bytes(estimate.scratch()));
        out.println("  in all   " + Amounts.bytes(estimate.total()));
      }
      case Memory.NotRunnable(String reason) -> out.println("\nCannot be run: " + reason);
    }
  }

  private String contextWords() {
    String length = contextLength == 0 ? "the usual context" : contextLength + " tokens of context";
    return length + (parallel == 1 ? "" : ", " + parallel + " sequences at a time");
  }

  private Map<String, Object> json(GgufFile file, GgufSummary summary, Memory memory) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("files", file.parts().stream().map(Path::toString).toList());
    json.put("version", file.version());
    json.put("architecture", summary.architecture());
    json.put("name", summary.name());
    json.put("type", summary.quantization());
    json.put("parameters", summary.parameters());
    json.put("bytes", summary.fileBytes());
    Map<String, String> metadata = new LinkedHashMap<>();
    file.metadata().keys().forEach(key -> metadata.put(key, file.metadata().describe(key)));
    json.put("metadata", metadata);
    dialect(file)
        .ifPresent(
            dialect -> {
              json.put("calls", dialect.calls());
              json.put("thoughts", dialect.thoughts());
            });
    json.put("types", summary.types().stream().map(InspectCommand::json).toList());
    if (listTensors) {
      json.put("tensors", file.tensors().stream().map(InspectCommand::json).toList());
    }
    switch (memory) {
      case Memory.Needed(MemoryEstimate estimate) -> json.put("memory", json(estimate));
      case Memory.NotRunnable(String reason) -> json.put("not_runnable", reason);
    }
    return json;
  }

  private static Map<String, Object> json(GgufSummary.TypeShare share) {
    return Map.of(
        "type",
        share.type().name(),
        "tensors",
        share.tensors(),
        "elements",
        share.elements(),
        "bytes",
        share.bytes());
  }

  private static Map<String, Object> json(GgufTensor tensor) {
    return Map.of(
        "name",
        tensor.name(),
        "type",
        tensor.type().name(),
        "shape",
        List.copyOf(tensor.shape()),
        "bytes",
        tensor.data().byteSize());
  }

  private Map<String, Object> json(MemoryEstimate estimate) {
    return Map.of(
        "context",
        contextLength,
        "weights",
        estimate.weights(),
        "cache",
        estimate.cache(),
        "scratch",
        estimate.scratch(),
        "total",
        estimate.total());
  }
}
