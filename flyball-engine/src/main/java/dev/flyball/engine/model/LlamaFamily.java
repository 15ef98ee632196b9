package dev.flyball.engine.model;

import dev.flyball.engine.cache.KvStorage;
import dev.flyball.engine.gguf.GgufFile;

/** Llama, Mistral, Mixtral and all others whose files say {@code llama}. */
final class LlamaFamily implements ModelFamily {
  @Override
  public String architecture() {
    return "llama";
  }

  @Override
  public LanguageModel load(GgufFile file, ModelOptions options) {
    WeightTable table = new WeightTable(file);
    LlamaConfig config = readConfig(file, table);
    LlamaWeights weights = LlamaWeights.read(table, config);
    Step step = new Step(options, config.maxColumns());
    try {
      return new LlamaModel(file, config, weights, step);
    } catch (RuntimeException | Error e) {
      step.close();
      throw e;
    }
  }

  @Override
  public ModelOutline outline(GgufFile file, ModelOptions options) {
    WeightTable table = new WeightTable(file);
    LlamaConfig config = readConfig(file, table);
    LlamaWeights weights = LlamaWeights.read(table, config);
    KvStorage storage = Arithmetics.storage(options, weights.matrixType());
    return new ModelOutline(
        config.common(),
        config.attention().cacheShape(config.common().layers(), storage),
        config.scratchBytesPerToken());
  }

  private static LlamaConfig readConfig(GgufFile file, WeightTable table) {
    HyperParameters keys = new HyperParameters(file);
    int columns = keys.count("embedding_length");
    int vocabulary = table.matrixOfAnyRows("token_embd.weight", columns).rows();
    return LlamaConfig.read(keys, vocabulary);
  }
}
