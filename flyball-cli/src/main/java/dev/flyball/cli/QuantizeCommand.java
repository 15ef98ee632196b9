package dev.flyball.cli;

import dev.flyball.cli.console.Amounts;
import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.CommandFailure;
import dev.flyball.cli.console.LongWork;
import dev.flyball.cli.console.Progress;
import dev.flyball.cli.console.UsageFailure;
import dev.flyball.engine.quantize.ImportanceMatrixFile;
import dev.flyball.engine.quantize.ModelQuantizer;
import dev.flyball.engine.quantize.Quantization;
import dev.flyball.engine.quantize.QuantizationOptions;
import dev.flyball.engine.quantize.QuantizationResult;
import dev.flyball.kernels.TensorType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flyball quantize}. */
@Command(
    name = "quantize",
    description = {
      "Writes a model anew with weights of fewer bits, as llama-quantize does.",
      "Types: F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q2_K, Q3_K_S, Q3_K_M, Q3_K_L, Q4_K_S,"
          + " Q4_K_M, Q5_K_S, Q5_K_M, Q6_K, IQ4_NL, IQ4_XS, MXFP4_MOE; Q3_K, Q4_K and Q5_K are the"
          + " _M mixes."
    })
final class QuantizeCommand implements Runnable {
  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "IN", description = ModelFiles.PARAMETER_HELP)
  private String source = "";

  @Parameters(index = "1", paramLabel = "OUT", description = "The file to write")
  private Path target = Path.of("");

  @Parameters(index = "2", paramLabel = "TYPE", description = "How most weights are stored")
  private String type = "";

  @Option(names = "--pure", description = "Every matrix in that type, none with more bits")
  private boolean pure;

  @Option(
      names = "--token-embedding-type",
      paramLabel = "TYPE",
      description = "The token embedding in this type, whatever the mix says")
  private @Nullable TensorType tokenEmbedding;

  @Option(
      names = "--output-tensor-type",
      paramLabel = "TYPE",
      description = "The output matrix in this type, whatever the mix says")
  private @Nullable TensorType output;

  @Option(
      names = "--imatrix",
      paramLabel = "FILE",
      description =
          "An importance matrix, as flyball imatrix or llama-imatrix writes it: what matters to the"
              + " model's answers loses less")
  private @Nullable Path importance;

  @Option(
      names = "--allow-requantize",
      description = "Quantise weights again that are quantised already; it loses more")
  private boolean allowRequantize;

  @Option(
      names = {"-t", "--threads"},
      description = "Threads that compute (default: one a processor)")
  private int threads;

  @Option(names = "--force", description = "Replace a file that is there already")
  private boolean force;

  QuantizeCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public void run() {
    QuantizationOptions options = UsageFailure.checked(this::options);
    Path file = new ModelFiles(context).resolve(source);
    if (Files.exists(target) && !force) {
      throw new CommandFailure(target + " is there already; --force replaces it");
    }
    try (LongWork work = new LongWork(context, target.toString(), Progress.Unit.BYTES)) {
      show(ModelQuantizer.write(file, target, options, work::advanceTo));
    }
    context.out().println(target);
  }

  private QuantizationOptions options() {
    return new QuantizationOptions(
        Quantization.parse(type),
        pure,
        Optional.ofNullable(tokenEmbedding),
        Optional.ofNullable(output),
        allowRequantize,
        Optional.ofNullable(importance).map(ImportanceMatrixFile::read),
        threads);
  }

  private void show(QuantizationResult result) {
    for (QuantizationResult.Replaced replaced : result.replaced()) {
      context
          .err()
          .printf(
              Locale.ROOT,
              "%s: rows of %d values are no whole blocks of %s; stored as %s%n",
              replaced.name(),
              replaced.rowLength(),
              replaced.wanted(),
              replaced.actual());
    }
    context
        .err()
        .printf(
            Locale.ROOT,
            "%s -> %s, %.2f bits a weight; tensors: %s%n",
            Amounts.bytes(result.sourceBytes()),
            Amounts.bytes(result.targetBytes()),
            result.bitsPerValue(),
            result.tensors().entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .collect(Collectors.joining(", ")));
  }
}
