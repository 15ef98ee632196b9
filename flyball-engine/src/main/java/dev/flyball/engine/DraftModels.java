package dev.flyball.engine;

import dev.flyball.engine.adapter.AdapterOptions;
import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.LanguageModel;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.model.ModelOutline;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.engine.schedule.SchedulingPolicy;
import dev.flyball.engine.speculate.DraftVocabulary;
import dev.flyball.engine.speculate.ModelDrafter;
import dev.flyball.engine.speculate.SpeculationMode;
import dev.flyball.engine.speculate.SpeculationOptions;
import dev.flyball.engine.speculate.Speculator;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.engine.tokenizer.Tokenizers;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Gives the engines of a model who guesses their tokens: opens its draft model where it has one.
 */
final class DraftModels {
  private static final Logger LOG = System.getLogger(DraftModels.class.getName());

  private final Supplier<FreeMemory> freeMemory;
  private final EngineOptions options;
  private final List<String> names;

  /**
   * @param model the model's file
   */
  DraftModels(Supplier<FreeMemory> freeMemory, Path model, EngineOptions options) {
    this.freeMemory = freeMemory;
    this.options = options;
    names = List.of(name(model));
  }

  /** The draft model that is loaded with the model, if it fits. */
  Optional<Path> used() {
    return options.speculation().usedDraft(names).filter(_ -> timeIsLookedAt());
  }

  /** The draft model that is loaded with a model of this vocabulary. */
  Optional<Path> usedWith(Supplier<Tokenizer> tokenizer) {
    return used().filter(path -> mustFit() || unlike(path, tokenizer.get()).isEmpty());
  }

  /** How a draft model is run: it has none itself, and keeps nothing in files. */
  EngineOptions ofDraft() {
    return options
        .withSpeculation(SpeculationOptions.OFF)
        .withCacheDirectory(Optional.empty())
        .withAdapters(AdapterOptions.DEFAULT)
        .withProjector(Optional.empty())
        .withSparsity(Optional.empty());
  }

  /**
   * The speculator that the options ask for.
   *
   * @param contextLength tokens that a sequence of the model may have
   * @throws EngineException as {@link EngineFactory#load}; UNSUPPORTED_MODEL also where a draft
   *     model that must fit has another vocabulary
   */
  Speculator speculator(Tokenizer tokenizer, KvCache cache, int contextLength) {
    SpeculationMode mode = options.speculation().mode();
    if (mode == SpeculationMode.OFF) {
      return Speculator.off();
    }
    if (!timeIsLookedAt()) {
      return Speculator.off(
          "the scheduler "
              + options.scheduler().name().toLowerCase(Locale.ROOT)
              + " does not look at time");
    }
    if (!cache.canTakeBack()) {
      return Speculator.off("this kind of model cannot take tokens back");
    }
    int width = options.speculation().width();
    Optional<Path> draft = used();
    if (draft.isEmpty()) {
      return mode == SpeculationMode.DRAFT
          ? Speculator.off("no draft model is given for this model")
          : new Speculator(mode, width, Optional.empty());
    }
    Optional<String> difference = mustFit() ? Optional.empty() : unlike(draft.get(), tokenizer);
    if (difference.isPresent()) {
      LOG.log(
          Level.WARNING, "{0} does not guess for {1}: {2}", draft.get(), names, difference.get());
      return Speculator.withoutDraft(mode, width, difference.get());
    }
    EngineOptions draftOptions = ofDraft().withContextLength(contextLength);
    return new Speculator(mode, width, Optional.of(open(draft.get(), tokenizer, draftOptions)));
  }

  /** The name of a model's file without its ending and the number of its part. */
  private static String name(Path model) {
    return String.valueOf(model.getFileName()).replaceFirst("(-\\d{5}-of-\\d{5})?\\.gguf$", "");
  }

  private boolean timeIsLookedAt() {
    return options.scheduler() == SchedulingPolicy.ADAPTIVE;
  }

  private boolean mustFit() {
    return options.speculation().mustFit(names);
  }

  /** Why a draft model cannot guess for a model of this vocabulary. */
  private static Optional<String> unlike(Path draft, Tokenizer tokenizer) {
    try (GgufFile file = GgufFile.open(draft)) {
      return DraftVocabulary.difference(tokenizer, Tokenizers.from(file.metadata()));
    }
  }

  private ModelDrafter open(Path path, Tokenizer tokenizer, EngineOptions draftOptions) {
    GgufFile file = GgufFile.open(path);
    try {
      DraftVocabulary.check(tokenizer, Tokenizers.from(file.metadata()));
      return open(file, draftOptions);
    } catch (RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  private ModelDrafter open(GgufFile file, EngineOptions draftOptions) {
    ModelOptions modelOptions = LocalEngines.modelOptions(draftOptions);
    ModelOutline outline = ModelFamilies.outline(file, modelOptions);
    MemoryPlan plan = MemoryPlan.fitting(outline, file.sizeBytes(), draftOptions, freeMemory.get());
    LanguageModel model =
        ModelFamilies.load(
            file,
            modelOptions
                .withContextLength(plan.contextLength())
                .withWeightsFile(draftOptions.weightsCache().map(cache -> cache.fileOf(file))));
    try {
      KvCache cache = model.newCache(plan.cacheTokens());
      return new ModelDrafter(model, cache, plan.contextLength(), System::nanoTime);
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }
}
