package dev.flyball.engine.model;

import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvShape;
import dev.flyball.engine.cache.KvStorage;
import dev.flyball.engine.cache.PagedKvCache;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.kernels.StoredMatrix;
import java.util.ArrayList;
import java.util.List;

/**
 * The forward pass of Llama (arXiv:2302.13971) and its kin: pre-norm blocks of rotary attention and
 * SwiGLU, or of a mixture of experts. What it computes with is the arithmetic's choice.
 *
 * <p>Shapes: T tokens in the step, D values in a hidden vector; matrices are (rows, columns).
 */
final class LlamaModel implements LanguageModel {
  private final GgufFile file;
  private final LlamaConfig config;
  private final KvShape cacheShape;
  private final StoredMatrix embedding;
  private final List<Layer> layers;
  private final Step step;
  private final RotaryEmbedding rotary;
  private final Attention attention;
  private final OutputRows outputRows;

  /** The residual stream (T, D). */
  private final float[] x;

  /** The normed input of a half layer (T, D). */
  private final float[] normed;

  /** What a half layer adds to the stream (T, D). */
  private final float[] delta;

  /** One block, ready to run. */
  private record Layer(
      Arithmetic.Norm attentionNorm,
      Attention.Weights attention,
      Arithmetic.Norm feedForwardNorm,
      FeedForward feedForward) {}

  LlamaModel(GgufFile file, LlamaConfig config, LlamaWeights weights, Step step) {
    this.file = file;
    this.config = config;
    embedding = weights.embedding();
    this.step = step;
    Arithmetic arithmetic = step.arithmetic();
    KvStorage storage = Arithmetics.storage(step.options(), weights.matrixType());
    cacheShape = config.attention().cacheShape(config.common().layers(), storage);
    int maxTokens = step.maxTokens();
    rotary = new RotaryEmbedding(config.ropeFrequencies(weights.ropeDivisors()), maxTokens);
    AttentionShape shape = config.attention();
    float scale = (float) (1 / Math.sqrt(shape.keyLength()));
    CachedAttention cached = arithmetic.attention(shape, storage, scale, step);
    attention = new Attention(shape, cached, rotary, step);
    layers = assemble(config, weights, step);
    outputRows =
        new OutputRows(
            arithmetic.norm(weights.outputNorm().weight(), config.epsilon()),
            new Linear(weights.output(), arithmetic),
            maxTokens);
    int values = Math.multiplyExact(maxTokens, config.common().embeddingLength());
    x = new float[values];
    normed = new float[values];
    delta = new float[values];
  }

  private static List<Layer> assemble(LlamaConfig config, LlamaWeights weights, Step step) {
    var hidden = new DenseFeedForward.Scratch(step.maxTokens(), config.feedForwardLength());
    var mixture =
        new MixtureOfExperts.Scratch(
            config.experts() == 0 ? 0 : step.maxTokens(),
            config.experts(),
            config.common().embeddingLength());
    List<Layer> layers = new ArrayList<>();
    for (LlamaWeights.Layer layer : weights.layers()) {
      layers.add(
          new Layer(
              step.arithmetic().norm(layer.attentionNorm().weight(), config.epsilon()),
              projections(layer.attention(), step.arithmetic()),
              step.arithmetic().norm(layer.feedForwardNorm().weight(), config.epsilon()),
              feedForward(layer.feedForward(), config, hidden, mixture, step.arithmetic())));
    }
    return List.copyOf(layers);
  }

  private static Attention.Weights projections(
      LlamaWeights.Projections tensors, Arithmetic arithmetic) {
    return new Attention.Weights(
        new Linear(tensors.query(), arithmetic),
        new Linear(tensors.key(), arithmetic),
        new Linear(tensors.value(), arithmetic),
        new Linear(tensors.output(), arithmetic));
  }

  private static FeedForward feedForward(
      LlamaWeights.Experts tensors,
      LlamaConfig config,
      DenseFeedForward.Scratch hidden,
      MixtureOfExperts.Scratch mixture,
      Arithmetic arithmetic) {
    List<DenseFeedForward> experts = new ArrayList<>();
    for (LlamaWeights.Expert e : tensors.experts()) {
      experts.add(
          new DenseFeedForward(
              new Linear(e.gate(), arithmetic),
              new Linear(e.up(), arithmetic),
              new Linear(e.down(), arithmetic),
              hidden));
    }
    if (tensors.router().isEmpty()) {
      return experts.getFirst();
    }
    Linear router = new Linear(tensors.router().get(), arithmetic);
    return new MixtureOfExperts(router, experts, config.expertsUsed(), mixture);
  }

  @Override
  public StepOutput forward(Batch batch) {
    step.begin(batch, config.common().vocabularySize(), cacheShape);
    rotary.prepare(step);
    embed(batch);
    step.normalise(x, step.tokens(), layers.getFirst().attentionNorm(), normed);
    int last = layers.size() - 1;
    for (int layer = 0; layer < last; layer++) {
      attention.apply(step, layers.get(layer).attention(), layer, normed, delta);
      feedForward(layer);
      step.addAndNormalise(x, delta, step.tokens(), layers.get(layer + 1).attentionNorm(), normed);
    }
    finish(batch, last);
    return outputRows.compute(step, batch, x, delta);
  }

  /**
   * The last layer: keys and values of all tokens, and the rest for those whose output is wanted.
   */
  private void finish(Batch batch, int last) {
    Attention.Weights weights = layers.get(last).attention();
    if (step.wantsAll(batch)) {
      attention.apply(step, weights, last, normed, delta);
    } else {
      attention.store(step, weights, last, normed);
      step.keepWanted(batch, config.common().embeddingLength(), x, normed);
      if (step.tokens() == 0) {
        return;
      }
      rotary.prepare(step);
      attention.applyToStored(step, weights, last, normed, delta);
    }
    feedForward(last);
  }

  /** {@code x = embedding[token]}. */
  private void embed(Batch batch) {
    int columns = embedding.columns();
    step.team()
        .run(step.tokens(), (t, _) -> embedding.decode(batch.token(t), 0, columns, x, t * columns));
  }

  /** Adds what attention came to, and leaves what the feed forward network adds in delta. */
  private void feedForward(int index) {
    Layer layer = layers.get(index);
    step.addAndNormalise(x, delta, step.tokens(), layer.feedForwardNorm(), normed);
    layer.feedForward().apply(step, normed, step.tokens(), delta);
  }

  @Override
  public ModelConfig config() {
    return config.common();
  }

  @Override
  public KvCache newCache(long capacityTokens) {
    return new PagedKvCache(cacheShape, capacityTokens);
  }

  @Override
  public int maxBatchTokens() {
    return step.maxTokens();
  }

  @Override
  public void close() {
    step.close();
    file.close();
  }
}
