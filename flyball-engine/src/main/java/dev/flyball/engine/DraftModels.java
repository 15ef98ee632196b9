package dev.flyball.engine;

import dev.flyball.engine.adapter.AdapterOptions;
import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.LanguageModel;
import dev.flyball.engine.model.ModelFamilies;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.model.ModelOutline;
import dev.flyball.engine.schedule.SchedulingPolicy;
import dev.flyball.engine.speculate.DraftVocabulary;
import dev.flyball.engine.speculate.ModelDrafter;
import dev.flyball.engine.speculate.SpeculationMode;
import dev.flyball.engine.speculate.SpeculationOptions;
import dev.flyball.engine.speculate.Speculator;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.engine.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/** Gives engines who guesses their tokens: opens the draft model where there is one. */
final class DraftModels {
  private final Supplier<FreeMemory> freeMemory;

  DraftModels(Supplier<FreeMemory> freeMemory) {
    this.freeMemory = freeMemory;
  }

  /** The draft model that is loaded with these options. */
  static Optional<Path> used(EngineOptions options) {
    return options.speculation().usedDraft().filter(_ -> timeIsLookedAt(options));
  }

  /** How a draft model is run: it has none itself, and keeps nothing in files. */
  static EngineOptions ofDraft(EngineOptions options) {
    return options
        .withSpeculation(SpeculationOptions.OFF)
        .withCacheDirectory(Optional.empty())
        .withAdapters(AdapterOptions.DEFAULT);
  }

  /**
   * The speculator that the options ask for.
   *
   * @param contextLength tokens that a sequence of the model may have
   * @throws EngineException as {@link EngineFactory#load}; UNSUPPORTED_MODEL also where the draft
   *     model has another vocabulary
   */
  Speculator speculator(
      Tokenizer tokenizer, KvCache cache, int contextLength, EngineOptions options) {
    SpeculationMode mode = options.speculation().mode();
    if (mode == SpeculationMode.OFF) {
      return Speculator.off();
    }
    if (!timeIsLookedAt(options)) {
      return Speculator.off(
          "the scheduler "
              + options.scheduler().name().toLowerCase(Locale.ROOT)
              + " does not look at time");
    }
    if (!cache.canTakeBack()) {
      return Speculator.off("this kind of model cannot take tokens back");
    }
    EngineOptions ofDraft = ofDraft(options).withContextLength(contextLength);
    return new Speculator(mode, used(options).map(path -> open(path, tokenizer, ofDraft)));
  }

  private static boolean timeIsLookedAt(EngineOptions options) {
    return options.scheduler() == SchedulingPolicy.ADAPTIVE;
  }

  private ModelDrafter open(Path path, Tokenizer tokenizer, EngineOptions options) {
    GgufFile file = GgufFile.open(path);
    try {
      DraftVocabulary.check(tokenizer, Tokenizers.from(file.metadata()));
      return open(file, options);
    } catch (RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  private ModelDrafter open(GgufFile file, EngineOptions options) {
    ModelOptions modelOptions = LocalEngines.modelOptions(options);
    ModelOutline outline = ModelFamilies.outline(file, modelOptions);
    MemoryPlan plan = MemoryPlan.fitting(outline, file.sizeBytes(), options, freeMemory.get());
    LanguageModel model =
        ModelFamilies.load(
            file,
            modelOptions
                .withContextLength(plan.contextLength())
                .withWeightsFile(options.weightsCache().map(cache -> cache.fileOf(file))));
    try {
      KvCache cache = model.newCache(plan.cacheTokens());
      return new ModelDrafter(model, cache, plan.contextLength(), System::nanoTime);
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }
}
