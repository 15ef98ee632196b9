package dev.flyball.engine.model;

import java.util.List;
import java.util.Optional;

/**
 * Multi-head latent attention (arXiv:2405.04434, section 2.1) of one layer, as read from a file:
 * all heads share one compressed key, of which a part is rotated, and one value, its other part.
 * What would make keys and values of it for every head is applied to queries and to results
 * instead.
 *
 * @param shape one key and value head: key length {@code rank + rotated}, value length {@code rank}
 * @param cacheLayer the layer's place in the cache
 * @param queryDown (queryRank, columns); nothing: queries are projected from the input itself
 * @param query (heads * (plain + rotated), queryRank or columns)
 * @param compress (rank + rotated, columns)
 * @param keyUp for each head (rank, plain)
 * @param valueUp for each head (valueLength, rank)
 * @param output (columns, heads * valueLength)
 */
public record LatentAttentionSpec(
    AttentionShape shape,
    int cacheLayer,
    Optional<Normed> queryDown,
    Linear.Tensors query,
    Normed compress,
    List<Linear.Tensors> keyUp,
    List<Linear.Tensors> valueUp,
    Linear.Tensors output,
    RopeSpec rope,
    ScoreRule scores)
    implements MixerSpec {

  /** A projection and the norm of what it gives, or of the first part of that. */
  record Normed(Linear.Tensors projection, NormSpec norm) {}

  /**
   * Reads the tensors of a layer.
   *
   * @param rope of the rotated part
   * @param magnitude factor of the scores
   */
  public static LatentAttentionSpec read(TensorGroup layer, RopeSpec rope, double magnitude) {
    HyperParameters keys = layer.source().keys();
    int columns = layer.source().config().embeddingLength();
    int heads = keys.count("attention.head_count");
    int rank = keys.count("attention.kv_lora_rank");
    int keyLength = keys.count("attention.key_length_mla");
    int valueLength = keys.count("attention.value_length_mla");
    int rotated = keys.count("rope.dimension_count");
    if (rotated >= keyLength) {
      throw keys.invalid(
          "rope.dimension_count", rotated + " leaves nothing of the " + keyLength + " of a key");
    }
    int queryRank = keys.countOrNone("attention.q_lora_rank");
    Optional<Normed> queryDown =
        queryRank == 0
            ? Optional.empty()
            : Optional.of(normed(layer, "attn_q_a", queryRank, "attn_q_a_norm", queryRank));
    Linear.Tensors query =
        queryRank == 0
            ? layer.linear("attn_q", (long) heads * keyLength, columns)
            : layer.linear("attn_q_b", (long) heads * keyLength, queryRank);
    AttentionShape shape =
        new AttentionShape(heads, 1, rank + rotated, rank, new Reach.Everything());
    return new LatentAttentionSpec(
        shape,
        layer.source().addCacheLayer(shape.cacheLayer()),
        queryDown,
        query,
        normed(layer, "attn_kv_a_mqa", rank + rotated, "attn_kv_a_norm", rank),
        perHead(layer, "attn_k_b.weight", heads, rank, keyLength - rotated),
        perHead(layer, "attn_v_b.weight", heads, valueLength, rank),
        layer.linear("attn_output", columns, (long) heads * valueLength),
        rope,
        ScoreRule.scaled(magnitude / Math.sqrt(keyLength)));
  }

  private static Normed normed(
      TensorGroup layer, String name, int rows, String norm, int normLength) {
    int columns = layer.source().config().embeddingLength();
    return new Normed(layer.linear(name, rows, columns), layer.rmsNorm(norm, normLength));
  }

  private static List<Linear.Tensors> perHead(
      TensorGroup layer, String name, int heads, int rows, int columns) {
    return layer.matrices(name, heads, rows, columns).stream()
        .map(matrix -> new Linear.Tensors(matrix, Optional.empty()))
        .toList();
  }

  /** Values of a head's query before it is made longer. */
  int queryLength() {
    return query.weight().rows() / shape.heads();
  }

  @Override
  public int maxColumns() {
    return Math.max(Math.max(compress.projection().columns(), query.columns()), output.columns());
  }

  @Override
  public long scratchValuesPerToken() {
    return (long) query.weight().rows()
        + shape.queryColumns()
        + shape.attendedColumns()
        + output.columns()
        + 4L * shape.keyLength();
  }

  @Override
  public Mixer assemble(Assembly assembly) {
    return new LatentAttention(this, assembly);
  }
}
