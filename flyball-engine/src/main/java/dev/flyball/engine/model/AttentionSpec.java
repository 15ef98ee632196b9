package dev.flyball.engine.model;

import dev.flyball.engine.model.arithmetic.NormSpec;
import java.util.Optional;

/**
 * Attention of one layer, as read from a file.
 *
 * @param cacheLayer the place in the cache of the layer whose keys and values are attended to
 * @param query (heads * keyLength, columns); where gated, twice the rows: of each head the query,
 *     then the gate
 * @param stored keys and values; nothing: those of an earlier layer are attended to
 * @param output (columns, heads * valueLength)
 * @param queryNorm norm of each query head, or, where it is as long, of all heads as one row
 * @param rope nothing: positions are not encoded
 * @param rotatedFirst whether queries and keys are rotated before they are normed
 * @param clamp most magnitude of queries, keys and values before norms and rotation; infinite as a
 *     rule
 * @param temperature what queries are multiplied by at their position
 * @param scores what becomes of the products of queries and keys
 * @param sinks for each head the score of an attention sink; of length 0 where there are none
 * @param gated whether the logistic function of a gate multiplies what a query attended to
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; written once
public record AttentionSpec(
    AttentionShape shape,
    int cacheLayer,
    Linear.Tensors query,
    Optional<KeyValueSpec> stored,
    Linear.Tensors output,
    Optional<NormSpec> queryNorm,
    Optional<RopeSpec> rope,
    boolean rotatedFirst,
    float clamp,
    Optional<QueryTemperature> temperature,
    ScoreRule scores,
    float[] sinks,
    boolean gated)
    implements MixerSpec {

  /** Attention of a layer of this shape, to be read from its tensors. */
  public static Reader of(TensorGroup layer, AttentionShape shape) {
    return new Reader(layer, shape);
  }

  /** Reads {@code attn_*}: each call asks for something that the family has and others have not. */
  public static final class Reader {
    private final TensorGroup layer;
    private final AttentionShape shape;
    private Optional<NormSpec> queryNorm = Optional.empty();
    private Optional<NormSpec> keyNorm = Optional.empty();
    private Optional<NormSpec> valueNorm = Optional.empty();
    private Optional<RopeSpec> rope = Optional.empty();
    private float clamp = Float.POSITIVE_INFINITY;
    private Optional<QueryTemperature> temperature = Optional.empty();
    private ScoreRule scores;
    private float[] sinks = CachedAttention.NO_SINKS;
    private String output = "attn_output";
    private boolean keysAreValues;
    private boolean rotatedFirst;
    private boolean gated;

    private Reader(TensorGroup layer, AttentionShape shape) {
      this.layer = layer;
      this.shape = shape;
      scores = ScoreRule.scaled(1 / Math.sqrt(shape.keyLength()));
    }

    /** Positions are encoded by rotation. */
    public Reader rope(RopeSpec spec) {
      rope = Optional.of(spec);
      return this;
    }

    /** Queries and keys are RMS-normed, each head for itself, before rotation. */
    public Reader headNorms() {
      queryNorm = Optional.of(layer.rmsNorm("attn_q_norm", shape.keyLength()));
      keyNorm = Optional.of(layer.rmsNorm("attn_k_norm", shape.keyLength()));
      return this;
    }

    /** As {@link #headNorms}, behind rotation. */
    public Reader headNormsOfRotated() {
      rotatedFirst = true;
      return headNorms();
    }

    /** Queries are RMS-normed, each head for itself, before rotation. */
    public Reader queryNorms() {
      queryNorm = Optional.of(layer.rmsNorm("attn_q_norm", shape.keyLength()));
      return this;
    }

    /** Queries and keys are RMS-normed without weights, each head for itself, before rotation. */
    public Reader plainHeadNorms() {
      queryNorm = Optional.of(layer.rmsNormWithoutWeight(shape.keyLength()));
      keyNorm = queryNorm;
      return this;
    }

    /** Where there is no {@code attn_v}, values are the keys before norm and rotation. */
    public Reader keysMayBeValues() {
      keysAreValues = shape.keyLength() == shape.valueLength();
      return this;
    }

    /** Values are RMS-normed without weights, each head for itself. */
    public Reader plainValueNorms() {
      valueNorm = Optional.of(layer.rmsNormWithoutWeight(shape.valueLength()));
      return this;
    }

    /** Queries and keys are RMS-normed, all heads of a token as one row, before rotation. */
    public Reader rowNorms() {
      queryNorm = Optional.of(layer.rmsNorm("attn_q_norm", shape.queryColumns()));
      keyNorm = Optional.of(layer.rmsNorm("attn_k_norm", shape.keyColumns()));
      return this;
    }

    /** Queries, keys and values are cut to this magnitude; 0: they are not. */
    public Reader clamp(double magnitude) {
      clamp = magnitude > 0 ? (float) magnitude : Float.POSITIVE_INFINITY;
      return this;
    }

    /** Queries are multiplied by what a position asks for. */
    public Reader temperature(QueryTemperature spec) {
      temperature = Optional.of(spec);
      return this;
    }

    /** What a query attended to is multiplied by a gate, which {@code attn_q} gives with it. */
    public Reader gated() {
      gated = true;
      return this;
    }

    /** The output projection has this name, not {@code attn_output}. */
    public Reader output(String name) {
      output = name;
      return this;
    }

    /** Products of queries and keys have this factor, not {@code 1 / sqrt(keyLength)}. */
    public Reader scale(double factor) {
      scores = new ScoreRule((float) factor, scores.softCap());
      return this;
    }

    /** Scaled products of queries and keys are soft-capped. */
    public Reader softCap(double cap) {
      scores = new ScoreRule(scores.scale(), (float) cap);
      return this;
    }

    /** Each head has an attention sink, {@code attn_sinks}. */
    public Reader sinks() {
      sinks = layer.vector("attn_sinks.weight", shape.heads());
      return this;
    }

    /**
     * Reads the projections, which may be one matrix ({@code attn_qkv}) or three, with biases or
     * without, and gives the layer its place in the cache.
     */
    public AttentionSpec read() {
      int columns = layer.source().config().embeddingLength();
      int queries = shape.queryColumns() + (gated ? shape.attendedColumns() : 0);
      int keys = shape.keyColumns();
      int values = shape.valueColumns();
      Linear.Tensors query;
      Linear.Tensors key;
      Optional<Linear.Tensors> value;
      if (layer.has("attn_qkv.weight")) {
        Linear.Tensors fused = layer.linear("attn_qkv", (long) queries + keys + values, columns);
        query = fused.rows(0, queries);
        key = fused.rows(queries, keys);
        value = Optional.of(fused.rows(queries + keys, values));
      } else {
        query = layer.linear("attn_q", queries, columns);
        key = layer.linear("attn_k", keys, columns);
        value =
            keysAreValues && !layer.has("attn_v.weight")
                ? Optional.empty()
                : Optional.of(layer.linear("attn_v", values, columns));
      }
      KeyValueSpec stored = new KeyValueSpec(key, value, keyNorm, valueNorm);
      int place = layer.source().addCacheLayer(shape);
      return spec(place, query, Optional.of(stored));
    }

    /** Reads a layer that attends to the keys and values of another one, of the same shape. */
    public AttentionSpec readSharing(int cacheLayer) {
      int columns = layer.source().config().embeddingLength();
      return spec(
          cacheLayer, layer.linear("attn_q", shape.queryColumns(), columns), Optional.empty());
    }

    private AttentionSpec spec(
        int cacheLayer, Linear.Tensors query, Optional<KeyValueSpec> stored) {
      int columns = layer.source().config().embeddingLength();
      return new AttentionSpec(
          shape,
          cacheLayer,
          query,
          stored,
          layer.linear(output, columns, shape.attendedColumns()),
          queryNorm,
          rope,
          rotatedFirst,
          clamp,
          temperature,
          scores,
          sinks,
          gated);
    }
  }

  @Override
  public int maxColumns() {
    return Math.max(query.columns(), shape.attendedColumns());
  }

  @Override
  public long scratchValuesPerToken() {
    return (long) shape.queryColumns()
        + shape.keyColumns()
        + shape.valueColumns()
        + shape.attendedColumns()
        + (gated ? shape.queryColumns() + 2L * shape.attendedColumns() : 0);
  }

  @Override
  public Mixer assemble(Assembly assembly) {
    return new Attention(this, assembly);
  }
}
