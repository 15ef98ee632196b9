package dev.flyball.engine.model;

import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvShape;
import dev.flyball.engine.cache.PagedKvCache;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.kernels.StoredMatrix;
import java.util.ArrayList;
import java.util.List;

/**
 * The forward pass of Llama (arXiv:2302.13971) and its kin: pre-norm blocks of rotary attention and
 * SwiGLU, or of a mixture of experts. Computes with F32 activations and an F32 cache.
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
      LlamaWeights.Norm attentionNorm,
      Attention.Weights attention,
      LlamaWeights.Norm feedForwardNorm,
      FeedForward feedForward) {}

  LlamaModel(GgufFile file, LlamaConfig config, LlamaWeights weights, Step step) {
    this.file = file;
    this.config = config;
    cacheShape = config.attention().cacheShape(config.common().layers());
    embedding = weights.embedding();
    this.step = step;
    int maxTokens = step.maxTokens();
    rotary = new RotaryEmbedding(config.ropeFrequencies(weights.ropeDivisors()), maxTokens);
    AttentionShape shape = config.attention();
    attention = new Attention(shape, 1 / Math.sqrt(shape.keyLength()), rotary, step);
    layers = assemble(config, weights, maxTokens);
    outputRows =
        new OutputRows(
            weights.outputNorm().weight(), config.epsilon(), weights.output(), maxTokens);
    int values = Math.multiplyExact(maxTokens, config.common().embeddingLength());
    x = new float[values];
    normed = new float[values];
    delta = new float[values];
  }

  private static List<Layer> assemble(LlamaConfig config, LlamaWeights weights, int maxTokens) {
    var hidden = new DenseFeedForward.Scratch(maxTokens, config.feedForwardLength());
    var mixture =
        new MixtureOfExperts.Scratch(
            config.experts() == 0 ? 0 : maxTokens,
            config.experts(),
            config.common().embeddingLength());
    List<Layer> layers = new ArrayList<>();
    for (LlamaWeights.Layer layer : weights.layers()) {
      List<DenseFeedForward> experts = new ArrayList<>();
      for (LlamaWeights.Expert e : layer.feedForward().experts()) {
        experts.add(new DenseFeedForward(e.gate(), e.up(), e.down(), hidden));
      }
      FeedForward feedForward =
          layer
              .feedForward()
              .router()
              .<FeedForward>map(
                  r -> new MixtureOfExperts(r, experts, config.expertsUsed(), mixture))
              .orElseGet(experts::getFirst);
      layers.add(
          new Layer(
              layer.attentionNorm(), layer.attention(), layer.feedForwardNorm(), feedForward));
    }
    return List.copyOf(layers);
  }

  @Override
  public StepOutput forward(Batch batch) {
    step.begin(batch, config.common().vocabularySize(), cacheShape);
    rotary.prepare(step);
    embed(batch);
    for (int layer = 0; layer < layers.size(); layer++) {
      attention(layer);
      feedForward(layer);
    }
    return outputRows.compute(step, batch, x);
  }

  /** {@code x = embedding[token]}. */
  private void embed(Batch batch) {
    int columns = embedding.columns();
    step.team()
        .run(step.tokens(), (t, _) -> embedding.decode(batch.token(t), 0, columns, x, t * columns));
  }

  /** {@code x += attention(norm(x))}. */
  private void attention(int index) {
    Layer layer = layers.get(index);
    normalise(layer.attentionNorm());
    attention.apply(step, layer.attention(), index, normed, delta);
    addDelta();
  }

  /** {@code x += feedForward(norm(x))}. */
  private void feedForward(int index) {
    Layer layer = layers.get(index);
    normalise(layer.feedForwardNorm());
    layer.feedForward().apply(step, normed, step.tokens(), delta);
    addDelta();
  }

  private void normalise(LlamaWeights.Norm norm) {
    step.normalise(x, step.tokens(), norm.weight(), config.epsilon(), normed);
  }

  private void addDelta() {
    int values = step.tokens() * config.common().embeddingLength();
    for (int i = 0; i < values; i++) {
      x[i] += delta[i];
    }
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
