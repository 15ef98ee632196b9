package dev.flyball.engine.model;

import dev.flyball.engine.cache.KvLayer;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.arithmetic.NormSpec;
import dev.flyball.kernels.StoredMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A file as a model family reads it: hyper-parameters, tensors, and how the model is to be run.
 * Counts the layers that the cache is to have, and the values of the state. Every error names file
 * and key or tensor.
 */
public final class ModelSource {
  /** The keys of a projector's tower for images. */
  public static final String VISION = "clip.vision";

  private final HyperParameters keys;
  private final WeightTable table;
  private final ModelOptions options;
  private final ModelConfig config;
  private final String layerPrefix;
  private final List<KvLayer> cacheLayers = new ArrayList<>();
  private int stateFloats;

  public ModelSource(GgufFile file, ModelOptions options) {
    this.options = options;
    keys = new HyperParameters(file);
    table = new WeightTable(file);
    layerPrefix = "blk.";
    int columns = keys.count("embedding_length");
    config =
        new ModelConfig(
            keys.architecture(),
            table.matrixOfAnyRows("token_embd.weight", columns).rows(),
            columns,
            keys.count("block_count"),
            keys.count("context_length"),
            pooling());
  }

  private ModelSource(GgufFile file, ModelOptions options, int patches) {
    this.options = options;
    keys = new HyperParameters(file, VISION);
    table = new WeightTable(file);
    layerPrefix = "v.blk.";
    config =
        new ModelConfig(
            VISION,
            patches,
            keys.count("embedding_length"),
            keys.count("block_count"),
            patches,
            Pooling.NONE,
            true);
  }

  /**
   * The tower of a projector's file that sees images: its keys are {@code clip.vision.*}, its
   * layers {@code v.blk.*}; its tokens are the patches of an image.
   *
   * @param patches of an image
   */
  public static ModelSource ofVision(GgufFile file, ModelOptions options, int patches) {
    return new ModelSource(file, options, patches);
  }

  /** A file with a classification head, and no word of pooling, is a cross-encoder's. */
  private Pooling pooling() {
    boolean unsaid = !keys.has("pooling_type") && table.has(RankingHead.OUTPUT + ".weight");
    return unsaid ? Pooling.RANK : keys.pooling();
  }

  public HyperParameters keys() {
    return keys;
  }

  public ModelConfig config() {
    return config;
  }

  /** All tensors. */
  public TensorGroup root() {
    return new TensorGroup(this, table, -1, "");
  }

  /** The tensors of a layer, counted from 0. */
  public TensorGroup layer(int index) {
    return new TensorGroup(this, table, index, layerPrefix + index + ".");
  }

  /** The branches of all layers, each layer's from its tensors. */
  public List<BranchSpec> branches(Function<TensorGroup, List<BranchSpec>> ofLayer) {
    return branches(config.layers(), ofLayer);
  }

  /**
   * The branches of the first {@code count} layers; those behind them, which predict further tokens
   * (arXiv:2412.19437), are left out.
   */
  public List<BranchSpec> branches(int count, Function<TensorGroup, List<BranchSpec>> ofLayer) {
    for (int i = count; i < config.layers(); i++) {
      layer(i).leaveOut("");
    }
    List<BranchSpec> branches = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      branches.addAll(ofLayer.apply(layer(i)));
    }
    return List.copyOf(branches);
  }

  /** Tokens that a sequence may have: what the model is run with, at most what it can. */
  int runContextLength() {
    int wanted = options.contextLength();
    return wanted == 0 ? config.contextLength() : Math.min(wanted, config.contextLength());
  }

  /**
   * Gives a layer a place in the cache. Layers that see whole texts share one: when a step is over,
   * and even when the layer is, nobody reads their keys and values any more.
   *
   * @return the place, counted from 0: what the layer, and those that share its keys and values,
   *     call {@link CachedAttention} with
   */
  int addCacheLayer(AttentionShape shape) {
    boolean shared = shape.reach().seesAhead();
    if (!shared || !cacheLayers.contains(shape.cacheLayer())) {
      return addCacheLayer(shape.cacheLayer());
    }
    return cacheLayers.indexOf(shape.cacheLayer());
  }

  /** As {@link #addCacheLayer(AttentionShape)}, of a layer that keeps what it stores. */
  int addCacheLayer(KvLayer layer) {
    cacheLayers.add(layer);
    return cacheLayers.size() - 1;
  }

  /**
   * Gives a layer a part of the state that is kept for each sequence.
   *
   * @return where it begins
   */
  public int addState(long floats) {
    int offset = stateFloats;
    if (floats > Integer.MAX_VALUE - offset) {
      throw keys.unsupported("block_count", "makes for a state of more than 2^31 values");
    }
    stateFloats += (int) floats;
    return offset;
  }

  /** The lengths of attention that {@code attention.*} gives for all layers; all tokens seen. */
  public AttentionShape attentionShape() {
    int heads = keys.count("attention.head_count");
    return attentionShape(keys.count("attention.head_count_kv", heads));
  }

  /** As {@link #attentionShape()}, of layers with so many key and value heads. */
  public AttentionShape attentionShape(int kvHeads) {
    if (!keys.flag("attention.causal", true)) {
      throw keys.unsupported(
          "attention.causal", "is false; this architecture is known with causal attention only");
    }
    return shape(kvHeads, new Reach.Everything());
  }

  /** As {@link #attentionShape()}, with tokens that see all of their text. */
  public AttentionShape wholeTextShape() {
    int heads = keys.count("attention.head_count");
    return shape(keys.count("attention.head_count_kv", heads), new Reach.WholeText());
  }

  private AttentionShape shape(int kvHeads, Reach reach) {
    int heads = keys.count("attention.head_count");
    if (heads % kvHeads != 0) {
      throw keys.invalid(
          "attention.head_count_kv", kvHeads + " does not divide the " + heads + " query heads");
    }
    boolean hasLengths = keys.has("attention.key_length") && keys.has("attention.value_length");
    int columns = config.embeddingLength();
    if (!hasLengths && columns % heads != 0) {
      throw keys.invalid(
          "attention.head_count", heads + " does not divide embedding_length " + columns);
    }
    int headLength = Math.max(1, columns / heads);
    int keyLength = keys.count("attention.key_length", headLength);
    int valueLength = keys.count("attention.value_length", headLength);
    if ((long) heads * Math.max(keyLength, valueLength) > Integer.MAX_VALUE) {
      throw keys.invalid(
          "attention.head_count",
          "%d heads of %d and %d values are too long".formatted(heads, keyLength, valueLength));
    }
    return new AttentionShape(heads, kvHeads, keyLength, valueLength, reach);
  }

  /** The model of layers that are read so, with the norm {@code output_norm} behind them. */
  public DecoderSpec decoder(Function<TensorGroup, List<BranchSpec>> ofLayer) {
    return decoder(branches(ofLayer), root().rmsNorm("output_norm"));
  }

  /**
   * The model of these branches, with the usual embedding and output matrices; they are the same
   * where the file has no output matrix.
   */
  public DecoderSpec decoder(List<BranchSpec> branches, NormSpec outputNorm) {
    int columns = config.embeddingLength();
    int vocabulary = config.vocabularySize();
    StoredMatrix embedding = table.matrix("token_embd.weight", vocabulary, columns);
    Linear.Tensors output =
        table.has("output.weight")
            ? table.linear("output", vocabulary, columns)
            : new Linear.Tensors(embedding, table.findVector("output.bias", vocabulary));
    return new DecoderSpec(
        config,
        embedding,
        1,
        EmbeddingTerms.NONE,
        List.copyOf(branches),
        List.copyOf(cacheLayers),
        stateFloats,
        outputNorm,
        Optional.of(output),
        LogitRule.PLAIN,
        RankingHead.find(this, Pooling.LAST),
        EmbeddingHead.read(this));
  }

  /**
   * A model of branches that see whole texts: it has no logits.
   *
   * @param terms what is added to embedded tokens
   */
  public DecoderSpec encoder(EmbeddingTerms terms, List<BranchSpec> branches, NormSpec outputNorm) {
    int columns = config.embeddingLength();
    return new DecoderSpec(
        new ModelConfig(
            config.architecture(),
            config.vocabularySize(),
            columns,
            config.layers(),
            config.contextLength(),
            config.pooling(),
            true),
        table.matrix("token_embd.weight", config.vocabularySize(), columns),
        1,
        terms,
        List.copyOf(branches),
        List.copyOf(cacheLayers),
        stateFloats,
        outputNorm,
        Optional.empty(),
        LogitRule.PLAIN,
        RankingHead.find(this, Pooling.CLS),
        EmbeddingHead.read(this));
  }

  /**
   * A model of branches that see images as a whole: what it embeds are the patches of an image.
   *
   * @param positions (patches, columns): what is added to each patch
   */
  public DecoderSpec imageEncoder(
      StoredMatrix positions, List<BranchSpec> branches, NormSpec outputNorm) {
    return new DecoderSpec(
        config,
        positions,
        1,
        new EmbeddingTerms(Optional.of(positions), new float[0]),
        List.copyOf(branches),
        List.copyOf(cacheLayers),
        stateFloats,
        outputNorm,
        Optional.empty(),
        LogitRule.PLAIN,
        Optional.empty(),
        EmbeddingHead.read(this));
  }

  /** Refuses the file where it has tensors that nobody asked for. */
  public void requireAllUsed() {
    table.requireAllUsed(
        name -> name.endsWith(".attn_rot_embd.weight") || name.endsWith(".rope_freqs.weight"));
  }
}
