package dev.flyball.engine.model.family;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.cache.CacheType;
import dev.flyball.engine.cache.KvShape;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.Arithmetics;
import dev.flyball.engine.model.Decoder;
import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.GatedNetworks;
import dev.flyball.engine.model.LanguageModel;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.model.ModelOutline;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.Step;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The model families that Flyball runs. To add one, write a {@link ModelFamily} and list it here.
 */
public final class ModelFamilies {
  private static final List<ModelFamily> FAMILIES =
      List.of(
          new BertFamily(),
          new Cohere2Family(),
          new DeepSeek2Family(),
          new Dots1Family(),
          new Ernie45Family(),
          new Exaone4Family(),
          new FalconH1Family(),
          new Gemma2Family(),
          new Gemma3Family(),
          new Gemma4Family(),
          new GemmaEmbeddingFamily(),
          new Glm4Family(),
          new Glm4MoeFamily(),
          new GptOssFamily(),
          new GraniteFamily(),
          new HunyuanFamily(),
          new Lfm2Family(),
          new LlamaFamily(),
          new Llama4Family(),
          new MiniMaxM2Family(),
          new Mistral3Family(),
          new NemotronHFamily(),
          new OlmoFamily(),
          new Olmo2Family(),
          new Phi3Family(),
          new Qwen2Family(),
          new Qwen3Family(),
          new Qwen35Family(),
          new SeedOssFamily(),
          new SmolLm3Family(),
          new StableLmFamily(),
          new StarCoder2Family());

  private ModelFamilies() {}

  /** The architectures that can be loaded, as {@code general.architecture} names them. */
  public static List<String> architectures() {
    return FAMILIES.stream().flatMap(family -> family.architectures().stream()).toList();
  }

  /**
   * Makes the model of a file. The weights stay in the file's memory: the model takes the file over
   * and closes it when it is closed; where loading fails, the file stays open.
   *
   * @throws EngineException UNSUPPORTED_MODEL where no family has the file's architecture, or the
   *     family cannot do what the file asks for; FILE_CORRUPT where hyper-parameters or tensors are
   *     missing or do not fit together. Both before memory is spent
   */
  public static LanguageModel load(GgufFile file, ModelOptions options) {
    DecoderSpec spec = read(file, options);
    Step step = new Step(options, spec.maxColumns());
    try {
      return new Decoder(file, spec, cacheShape(file, spec, options), step);
    } catch (RuntimeException | Error e) {
      step.close();
      throw e;
    }
  }

  /**
   * What {@link #load} would make, after the same checks.
   *
   * @throws EngineException as {@link #load}
   */
  public static ModelOutline outline(GgufFile file, ModelOptions options) {
    DecoderSpec spec = read(file, options);
    return new ModelOutline(
            spec.config(),
            cacheShape(file, spec, options),
            spec.scratchBytesPerToken(),
            spec.expertOutline(options))
        .withCopies(GatedNetworks.bytes(spec, options) + spec.copiedWeightBytes(options));
  }

  private static DecoderSpec read(GgufFile file, ModelOptions options) {
    ModelFamily family = family(file);
    ModelSource source = new ModelSource(file, options);
    DecoderSpec spec = family.read(source);
    source.requireAllUsed();
    GatedNetworks.check(spec, options.gates());
    return spec;
  }

  private static KvShape cacheShape(GgufFile file, DecoderSpec spec, ModelOptions options) {
    // Keys and values that no later step reads need no saving.
    ModelOptions keeping =
        spec.config().wholeTexts() ? options.withCacheType(CacheType.AUTOMATIC) : options;
    boolean quantised =
        file.tensors().stream().anyMatch(tensor -> tensor.type().blockElements() > 1);
    return new KvShape(
        spec.cacheLayers(), spec.stateFloats(), Arithmetics.storage(keeping, quantised));
  }

  private static ModelFamily family(GgufFile file) {
    String architecture = file.metadata().architecture();
    for (ModelFamily family : FAMILIES) {
      if (family.architectures().contains(architecture)) {
        return family;
      }
    }
    throw new EngineException(
        EngineError.UNSUPPORTED_MODEL,
        file.parts().getFirst()
            + ": the architecture \""
            + architecture
            + "\" is not supported; the nearest that is: \""
            + NearestName.of(architecture, architectures())
            + "\", of these: "
            + architectures().stream().sorted().collect(Collectors.joining(", ")));
  }
}
