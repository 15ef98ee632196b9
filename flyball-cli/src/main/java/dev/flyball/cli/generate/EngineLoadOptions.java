package dev.flyball.cli.generate;

import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.UsageFailure;
import dev.flyball.engine.EngineOptions;
import dev.flyball.engine.adapter.AdapterFile;
import dev.flyball.engine.adapter.AdapterOptions;
import dev.flyball.engine.speculate.SpeculationOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a model is loaded for one user, from the command line. */
public final class EngineLoadOptions {
  @Option(
      names = {"-c", "--context"},
      paramLabel = "TOKENS",
      description =
          "Prompt and answer together (default: what the model was trained with, at most 8192)")
  private int contextLength;

  @Option(
      names = {"-t", "--threads"},
      description = "Threads that compute (default: one a processor)")
  private int threads;

  @Option(
      names = "--lora",
      paramLabel = "FILE[:SCALE]",
      description = "A LoRA adapter (GGUF) of the model (default scale: 1); repeatable")
  private List<String> adapters = new ArrayList<>();

  @Mixin private CacheTypeOption cacheType = new CacheTypeOption();
  @Mixin private SpeculationOption speculation = new SpeculationOption();
  @Mixin private ProjectorOption projector = new ProjectorOption();

  @Mixin private SparsityOption sparsity = new SparsityOption();
  @Mixin private WeightsCacheOption weightsCache = new WeightsCacheOption();

  @Mixin private ExpertsOption experts = new ExpertsOption();

  /** The options for one request at a time. */
  public EngineOptions forOneUser(CommandContext context) {
    return UsageFailure.checked(
        () ->
            new EngineOptions(contextLength, 1, 1, threads)
                .withCacheType(cacheType.value())
                .withWeightsCache(weightsCache.value(context))
                .withExperts(experts.value(context))
                .withProjector(projector.over(Optional.empty()))
                .withAdapters(
                    AdapterOptions.DEFAULT.withFiles(
                        adapters.stream().map(text -> AdapterFile.parse(text, 1)).toList()))
                .withSparsity(sparsity.value())
                .withSpeculation(speculation.over(SpeculationOptions.DEFAULT).forOneModel()));
  }
}
