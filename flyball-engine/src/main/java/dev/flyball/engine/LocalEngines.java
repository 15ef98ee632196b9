package dev.flyball.engine;

import dev.flyball.engine.adapter.AdapterFile;
import dev.flyball.engine.adapter.AdapterOptions;
import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.gguf.GgufFingerprint;
import dev.flyball.engine.gguf.GgufMetadata;
import dev.flyball.engine.gguf.GgufSummary;
import dev.flyball.engine.model.LanguageModel;
import dev.flyball.engine.model.ModelConfig;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.engine.model.ModelOutline;
import dev.flyball.engine.model.Pooling;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.engine.sparsity.GateThresholds;
import dev.flyball.engine.sparsity.GateUse;
import dev.flyball.engine.speculate.Speculator;
import dev.flyball.engine.template.ChatTemplate;
import dev.flyball.engine.template.ChatTemplates;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.engine.tokenizer.Tokenizers;
import dev.flyball.engine.vision.ImageEncoder;
import dev.flyball.engine.weights.ExpertStorage;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * Opens GGUF files as engines in this process. Weights stay mapped from the file; memory is checked
 * before it is taken (see {@link #load}).
 */
public final class LocalEngines implements EngineFactory {
  private final Supplier<FreeMemory> freeMemory;

  public LocalEngines() {
    this(FreeMemory::measure);
  }

  LocalEngines(Supplier<FreeMemory> freeMemory) {
    this.freeMemory = freeMemory;
  }

  /**
   * {@inheritDoc}
   *
   * <p>The cache holds the whole context of every sequence that may run, but at most half of the
   * memory that is free beside weights and scratch, and at least one whole context. Where it holds
   * less than all, requests wait until others end. Free is the least of what {@code /proc/meminfo},
   * the control groups and the Java heap's limit leave.
   */
  @Override
  public Engine load(Path path, EngineOptions options) {
    GgufFile file = GgufFile.open(path);
    try {
      return withAdapters(options.adapters(), open(file, path, options));
    } catch (RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>The cache is the one for the whole context of every sequence that may run; {@link #load}
   * makes do with less where less is free.
   */
  @Override
  public MemoryEstimate estimate(Path path, EngineOptions options) {
    try (GgufFile file = GgufFile.open(path)) {
      DraftModels drafts = new DraftModels(freeMemory, path, options);
      ModelOutline outline = ModelFamilies.outline(file, modelOptions(path, file, options));
      Optional<Projectors.Found> projector = projector(path, options, outline);
      MemoryEstimate model =
          MemoryPlan.full(
                  outline.withImages(imageTokens(projector)),
                  bytes(file, options, projector),
                  options)
              .need();
      return drafts
          .usedWith(() -> Tokenizers.from(file.metadata()))
          .map(draft -> model.plus(estimate(draft, drafts.ofDraft())))
          .orElse(model);
    }
  }

  private Engine open(GgufFile file, Path path, EngineOptions options) {
    ModelOptions modelOptions = modelOptions(path, file, options);
    ModelOutline outline = ModelFamilies.outline(file, modelOptions);
    Optional<Projectors.Found> projector = projector(path, options, outline);
    MemoryPlan plan =
        MemoryPlan.fitting(
            outline.withImages(imageTokens(projector)),
            bytes(file, options, projector),
            options,
            freeMemory.get());
    ModelInfo info = info(GgufSummary.of(file), plan, outline);
    Tokenizer tokenizer = Tokenizers.from(file.metadata());
    Optional<ChatTemplate> chatTemplate = chatTemplate(file.metadata());
    LanguageModel model =
        ModelFamilies.load(
            file,
            modelOptions
                .withContextLength(plan.contextLength())
                .withMaxBatchTokens(plan.batchTokens())
                .withWeightsFile(options.weightsCache().map(cache -> cache.fileOf(file)))
                .withExperts(
                    plan.expertBytes() == 0
                        ? Optional.empty()
                        : Optional.of(new ExpertStorage(file, plan.expertBytes()))));
    Optional<ImageEncoder> images = Optional.empty();
    try {
      images =
          projector.map(
              found -> Projectors.load(found, outline.config(), tokenizer, modelOptions(options)));
      KvCache cache = model.newCache(plan.cacheTokens(), options.maxRunning());
      options
          .cacheDirectory()
          .ifPresent(directory -> cache.keepIn(directory, fingerprint(file, modelOptions.gates())));
      return new LocalEngine(
          info,
          tokenizer,
          chatTemplate,
          RankingPrompt.of(file.metadata(), tokenizer),
          model,
          cache,
          info.isFor(ModelUse.GENERATE)
              ? new DraftModels(freeMemory, path, options)
                  .speculator(tokenizer, cache, plan.contextLength())
              : Speculator.off(),
          images,
          options,
          System::nanoTime,
          () -> ThreadLocalRandom.current().nextLong());
    } catch (RuntimeException | Error e) {
      images.ifPresent(ImageEncoder::close);
      model.close();
      throw e;
    }
  }

  private static Engine withAdapters(AdapterOptions options, Engine engine) {
    try {
      options.files().forEach(engine.adapters()::load);
      return engine;
    } catch (RuntimeException | Error e) {
      engine.close();
      throw e;
    }
  }

  private static Optional<Projectors.Found> projector(
      Path path, EngineOptions options, ModelOutline outline) {
    return new Projectors(path, options).find(outline.config(), modelOptions(options));
  }

  private static int imageTokens(Optional<Projectors.Found> projector) {
    return projector.map(found -> found.outline().tokens()).orElse(0);
  }

  /** Of weights, adapters and what encodes images. */
  private static long bytes(
      GgufFile file, EngineOptions options, Optional<Projectors.Found> projector) {
    return file.sizeBytes()
        + projector.map(found -> found.outline().bytes()).orElse(0L)
        + options.adapters().files().stream().mapToLong(AdapterFile::sizeBytes).sum();
  }

  static ModelOptions modelOptions(EngineOptions options) {
    return new ModelOptions(options.threads(), MemoryPlan.MAX_BATCH_TOKENS, Precision.FAST)
        .withCacheType(options.cacheTypes().usual());
  }

  private static ModelOptions modelOptions(Path path, GgufFile file, EngineOptions options) {
    ModelOptions usual = modelOptions(options);
    return options
        .sparsity()
        .map(wish -> usual.withGates(wish.thresholds(path, file)))
        .orElse(usual);
  }

  /** Of what keys and values are of. */
  private static String fingerprint(GgufFile file, GateUse gates) {
    String model = GgufFingerprint.of(file);
    return gates instanceof GateThresholds thresholds ? thresholds.fingerprint(model) : model;
  }

  private static ModelInfo info(GgufSummary summary, MemoryPlan plan, ModelOutline outline) {
    return new ModelInfo(
        summary.architecture(),
        summary.name(),
        summary.quantization(),
        summary.parameters(),
        summary.fileBytes(),
        plan.contextLength(),
        outline.config().contextLength(),
        outline.config().embeddingLength(),
        uses(outline.config()));
  }

  private static Set<ModelUse> uses(ModelConfig config) {
    Set<ModelUse> uses =
        EnumSet.of(config.pooling() == Pooling.RANK ? ModelUse.RANK : ModelUse.EMBED);
    if (!config.wholeTexts()) {
      uses.add(ModelUse.GENERATE);
    }
    return uses;
  }

  private static Optional<ChatTemplate> chatTemplate(GgufMetadata metadata) {
    return metadata.findString("tokenizer.chat_template").map(LocalEngines::compile);
  }

  private static ChatTemplate compile(String source) {
    try {
      return ChatTemplates.compile(source);
    } catch (EngineException e) {
      return new UnusableChatTemplate(source, e);
    }
  }
}
