package dev.flyball.engine.model;

import dev.flyball.engine.model.arithmetic.NormSpec;
import dev.flyball.kernels.StoredMatrix;
import java.util.Optional;
import java.util.stream.IntStream;

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
 * @param keyUp makes a head's plain part of a key: for each head (plain, rank)
 * @param valueUp makes its value: for each head (valueLength, rank)
 * @param output (columns, heads * valueLength)
 */
public record LatentAttentionSpec(
    AttentionShape shape,
    int cacheLayer,
    Optional<Normed> queryDown,
    Linear.Tensors query,
    Normed compress,
    HeadMatrices keyUp,
    HeadMatrices valueUp,
    Linear.Tensors output,
    RopeSpec rope,
    ScoreRule scores)
    implements MixerSpec {
  private static final String TOGETHER = "attn_kv_b.weight";

  /** A projection and the norm of what it gives, or of the first part of that. */
  record Normed(Linear.Tensors projection, NormSpec norm) {}

  /**
   * Reads the tensors of a layer. What makes keys and values is, for each head, a transposed matrix
   * {@code attn_k_b} and a matrix {@code attn_v_b}; in files of before April 2025 one matrix {@code
   * attn_kv_b} has for each head the rows of both.
   *
   * @param rope of the rotated part
   * @param magnitude factor of the scores
   */
  public static LatentAttentionSpec read(TensorGroup layer, RopeSpec rope, double magnitude) {
    HyperParameters keys = layer.source().keys();
    int columns = layer.source().config().embeddingLength();
    int heads = keys.count("attention.head_count");
    int rank = keys.count("attention.kv_lora_rank");
    int keyLength = lengthOfHeads(keys, "attention.key_length");
    int valueLength = lengthOfHeads(keys, "attention.value_length");
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
    int plain = keyLength - rotated;
    boolean together = layer.has(TOGETHER);
    return new LatentAttentionSpec(
        shape,
        layer.source().addCacheLayer(shape.cacheLayer()),
        queryDown,
        query,
        normed(layer, "attn_kv_a_mqa", rank + rotated, "attn_kv_a_norm", rank),
        together
            ? rowsOfHeads(layer, heads, rank, plain + valueLength, 0, plain)
            : new HeadMatrices(layer.matrices("attn_k_b.weight", heads, rank, plain), true),
        together
            ? rowsOfHeads(layer, heads, rank, plain + valueLength, plain, valueLength)
            : new HeadMatrices(layer.matrices("attn_v_b.weight", heads, valueLength, rank), false),
        layer.linear("attn_output", columns, (long) heads * valueLength),
        rope,
        ScoreRule.scaled(magnitude / Math.sqrt(keyLength)));
  }

  private static Normed normed(
      TensorGroup layer, String name, int rows, String norm, int normLength) {
    int columns = layer.source().config().embeddingLength();
    return new Normed(layer.linear(name, rows, columns), layer.rmsNorm(norm, normLength));
  }

  /** Files with {@link #TOGETHER} have no other lengths than those of expanded heads. */
  private static int lengthOfHeads(HyperParameters keys, String key) {
    String expanded = key + "_mla";
    return keys.count(keys.has(expanded) ? expanded : key);
  }

  /** Of each head {@code count} rows from {@code first}, of a matrix with so many for each. */
  private static HeadMatrices rowsOfHeads(
      TensorGroup layer, int heads, int rank, int rowsOfHead, int first, int count) {
    StoredMatrix all = layer.matrix(TOGETHER, (long) heads * rowsOfHead, rank);
    return new HeadMatrices(
        IntStream.range(0, heads)
            .mapToObj(head -> all.rows(head * rowsOfHead + first, count))
            .toList(),
        false);
  }

  /** The lengths of a key and a value of each head. */
  LatentLengths lengths() {
    int rank = shape.valueLength();
    int rotated = shape.keyLength() - rank;
    int valueLength = output.columns() / shape.heads();
    return new LatentLengths(shape.heads(), rank, queryLength() - rotated, rotated, valueLength);
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
        + 4L * shape.keyLength()
        + ExpandedAttention.scratchValuesPerToken(lengths());
  }

  /** Generated code wants keys' matrices both ways round. */
  @Override
  public long copiedWeightBytes(ModelOptions options) {
    boolean turned = options.level().isPresent() || !keyUp.isTransposed();
    return turned ? keyUp.turnedBytes(Assembly.decodedType(options)) : 0;
  }

  @Override
  public Mixer assemble(Assembly assembly) {
    return new LatentAttention(this, assembly);
  }
}
