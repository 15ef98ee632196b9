package dev.flyball.engine.model;

import java.util.Optional;

/**
 * Attention of one layer, as read from a file.
 *
 * @param cacheLayer the layer's place in the cache
 * @param query (heads * keyLength, columns)
 * @param key (kvHeads * keyLength, columns)
 * @param value (kvHeads * valueLength, columns)
 * @param output (columns, heads * valueLength)
 * @param queryNorm norm of each query head, or, where it is as long, of all heads as one row
 * @param keyNorm likewise of keys
 * @param rope nothing: positions are not encoded
 * @param clamp most magnitude of queries, keys and values before norms and rotation; infinite as a
 *     rule
 * @param temperature what queries are multiplied by at their position
 * @param scale of the products of queries and keys
 */
record AttentionSpec(
    AttentionShape shape,
    int cacheLayer,
    Linear.Tensors query,
    Linear.Tensors key,
    Linear.Tensors value,
    Linear.Tensors output,
    Optional<NormSpec> queryNorm,
    Optional<NormSpec> keyNorm,
    Optional<RopeSpec> rope,
    float clamp,
    Optional<QueryTemperature> temperature,
    float scale)
    implements MixerSpec {

  /** Attention of a layer of this shape, to be read from its tensors. */
  static Reader of(TensorGroup layer, AttentionShape shape) {
    return new Reader(layer, shape);
  }

  /** Reads {@code attn_*}: each call asks for something that the family has and others have not. */
  static final class Reader {
    private final TensorGroup layer;
    private final AttentionShape shape;
    private Optional<NormSpec> queryNorm = Optional.empty();
    private Optional<NormSpec> keyNorm = Optional.empty();
    private Optional<RopeSpec> rope = Optional.empty();
    private float clamp = Float.POSITIVE_INFINITY;
    private Optional<QueryTemperature> temperature = Optional.empty();
    private float scale;

    private Reader(TensorGroup layer, AttentionShape shape) {
      this.layer = layer;
      this.shape = shape;
      scale = (float) (1 / Math.sqrt(shape.keyLength()));
    }

    /** Positions are encoded by rotation. */
    Reader rope(RopeSpec spec) {
      rope = Optional.of(spec);
      return this;
    }

    /** Queries and keys are RMS-normed, each head for itself, before rotation. */
    Reader headNorms() {
      queryNorm = Optional.of(layer.rmsNorm("attn_q_norm", shape.keyLength()));
      keyNorm = Optional.of(layer.rmsNorm("attn_k_norm", shape.keyLength()));
      return this;
    }

    /** Queries and keys are RMS-normed, all heads of a token as one row, before rotation. */
    Reader rowNorms() {
      queryNorm = Optional.of(layer.rmsNorm("attn_q_norm", shape.queryColumns()));
      keyNorm = Optional.of(layer.rmsNorm("attn_k_norm", shape.keyColumns()));
      return this;
    }

    /** Queries, keys and values are cut to this magnitude; 0: they are not. */
    Reader clamp(double magnitude) {
      clamp = magnitude > 0 ? (float) magnitude : Float.POSITIVE_INFINITY;
      return this;
    }

    /** Queries are multiplied by what a position asks for. */
    Reader temperature(QueryTemperature spec) {
      temperature = Optional.of(spec);
      return this;
    }

    /** Products of queries and keys have this factor, not {@code 1 / sqrt(keyLength)}. */
    Reader scale(double factor) {
      scale = (float) factor;
      return this;
    }

    /**
     * Reads the projections, which may be one matrix ({@code attn_qkv}) or three, with biases or
     * without, and gives the layer its place in the cache.
     */
    AttentionSpec read() {
      int columns = layer.source().config().embeddingLength();
      int queries = shape.queryColumns();
      int keys = shape.keyColumns();
      int values = shape.valueColumns();
      Linear.Tensors query;
      Linear.Tensors key;
      Linear.Tensors value;
      if (layer.has("attn_qkv.weight")) {
        Linear.Tensors fused = layer.linear("attn_qkv", (long) queries + keys + values, columns);
        query = fused.rows(0, queries);
        key = fused.rows(queries, keys);
        value = fused.rows(queries + keys, values);
      } else {
        query = layer.linear("attn_q", queries, columns);
        key = layer.linear("attn_k", keys, columns);
        value = layer.linear("attn_v", values, columns);
      }
      return new AttentionSpec(
          shape,
          layer.source().addCacheLayer(shape.cacheLayer()),
          query,
          key,
          value,
          layer.linear("attn_output", columns, shape.attendedColumns()),
          queryNorm,
          keyNorm,
          rope,
          clamp,
          temperature,
          scale);
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
        + shape.attendedColumns();
  }

  @Override
  public Mixer assemble(Assembly assembly) {
    return new Attention(this, assembly);
  }
}
