package dev.flyball.engine.model;

import dev.flyball.engine.cache.KvLayer;
import dev.flyball.engine.model.arithmetic.NormSpec;
import dev.flyball.kernels.StoredMatrix;
import java.util.List;
import java.util.Optional;

/**
 * A model as a family reads it from a file: everything checked, no memory spent. Immutable.
 *
 * @param embedding (vocabulary, columns)
 * @param embeddingScale factor of the embedded tokens
 * @param terms what is added to embedded tokens
 * @param branches of all layers, in order
 * @param cacheLayers what the cache keeps, in the order of the layers that have keys and values of
 *     their own
 * @param stateFloats values of the state of all recurrent layers
 * @param output (vocabulary, columns); nothing: the model has no logits
 * @param logits what becomes of the output's products
 * @param ranking makes scores of hidden vectors, where the file has one
 * @param embeddings what becomes of pooled vectors
 */
public record DecoderSpec(
    ModelConfig config,
    StoredMatrix embedding,
    float embeddingScale,
    EmbeddingTerms terms,
    List<BranchSpec> branches,
    List<KvLayer> cacheLayers,
    int stateFloats,
    NormSpec outputNorm,
    Optional<Linear.Tensors> output,
    LogitRule logits,
    Optional<RankingHead> ranking,
    EmbeddingHead embeddings) {

  /** Values of the residual stream, of its normed copy, of a branch and of output rows. */
  private static final int ROWS_OF_STREAM = 6;

  /** With a factor on the embedded tokens. */
  public DecoderSpec embeddingScale(double factor) {
    return new DecoderSpec(
        config,
        embedding,
        (float) factor,
        terms,
        branches,
        cacheLayers,
        stateFloats,
        outputNorm,
        output,
        logits,
        ranking,
        embeddings);
  }

  /** With another rule for logits. */
  public DecoderSpec logits(LogitRule rule) {
    return new DecoderSpec(
        config,
        embedding,
        embeddingScale,
        terms,
        branches,
        cacheLayers,
        stateFloats,
        outputNorm,
        output,
        rule,
        ranking,
        embeddings);
  }

  /** The longest row that a matrix is multiplied by. */
  public int maxColumns() {
    int ofBranches = branches.stream().mapToInt(BranchSpec::maxColumns).max().orElse(0);
    return Math.max(config.embeddingLength(), ofBranches);
  }

  /** The experts that can stay in the file: plain Java reads all weights from there anyway. */
  public ExpertOutline expertOutline(ModelOptions options) {
    return options.level().isEmpty()
        ? ExpertOutline.NONE
        : branches.stream()
            .map(BranchSpec::expertOutline)
            .reduce(ExpertOutline.NONE, ExpertOutline::plus);
  }

  /** Bytes of weights that are in memory a second time, in another layout. */
  public long copiedWeightBytes(ModelOptions options) {
    return branches.stream()
        .flatMap(branch -> branch.mixers().stream())
        .mapToLong(mixer -> mixer.copiedWeightBytes(options))
        .sum();
  }

  /** Scratch memory of a step for each of its tokens, about, in bytes. */
  public long scratchBytesPerToken() {
    long widest = branches.stream().mapToLong(BranchSpec::scratchValuesPerToken).max().orElse(0);
    long values = ROWS_OF_STREAM * (long) config.embeddingLength() + 2 * widest + maxColumns();
    return values * Float.BYTES;
  }
}
