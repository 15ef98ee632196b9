package dev.flyball.engine.model;

import dev.flyball.engine.model.arithmetic.NormSpec;
import java.util.List;
import java.util.Optional;

/**
 * A residual branch: {@code x = keep * x + scale * after(mixers(before(x)))}, the results of
 * several mixers added up. Attention is one branch of a layer and the feed forward network another;
 * in a parallel block (GPT-J) both are mixers of one branch.
 *
 * @param before norm of the mixers' input; nothing: they get the residual stream itself
 * @param after norm of their sum
 * @param scale factor of what is added
 * @param keep factor of what it is added to, 1 as a rule
 * @param onNormed whether the residual stream itself is normed by {@code before}: {@code x =
 *     before(x)}, and only then added to
 */
public record BranchSpec(
    Optional<NormSpec> before,
    List<MixerSpec> mixers,
    Optional<NormSpec> after,
    float scale,
    float keep,
    boolean onNormed) {

  /** Pre-norm: {@code x += mixer(norm(x))}, with several mixers their sum. */
  public static BranchSpec preNorm(NormSpec norm, MixerSpec... mixers) {
    return new BranchSpec(Optional.of(norm), List.of(mixers), Optional.empty(), 1, 1, false);
  }

  /** Post-norm: {@code x += norm(mixer(x))}. */
  public static BranchSpec postNorm(MixerSpec mixer, NormSpec norm) {
    return new BranchSpec(Optional.empty(), List.of(mixer), Optional.of(norm), 1, 1, false);
  }

  /** With a norm of what is added. */
  public BranchSpec thenNorm(NormSpec norm) {
    return new BranchSpec(before, mixers, Optional.of(norm), scale, keep, onNormed);
  }

  /** With a factor on what is added. */
  public BranchSpec scaled(float factor) {
    return new BranchSpec(before, mixers, after, factor, keep, onNormed);
  }

  /** Without a norm before it: {@code x += mixers(x)}. */
  public static BranchSpec plain(MixerSpec... mixers) {
    return new BranchSpec(Optional.empty(), List.of(mixers), Optional.empty(), 1, 1, false);
  }

  /**
   * {@code x = norm(x); x += mixer(x)}. A row of these is the transformer of arXiv:1706.03762,
   * which norms behind each addition: the norm of a branch is given to the next one.
   */
  public static BranchSpec onNormed(NormSpec norm, MixerSpec mixer) {
    return new BranchSpec(Optional.of(norm), List.of(mixer), Optional.empty(), 1, 1, true);
  }

  /** With a factor on the residual stream behind the addition. */
  public BranchSpec thenScaled(float factor) {
    return new BranchSpec(before, mixers, after, scale * factor, keep * factor, onNormed);
  }

  int maxColumns() {
    return mixers.stream().mapToInt(MixerSpec::maxColumns).max().orElse(0);
  }

  ExpertOutline expertOutline() {
    return mixers.stream()
        .map(MixerSpec::expertOutline)
        .reduce(ExpertOutline.NONE, ExpertOutline::plus);
  }

  long scratchValuesPerToken() {
    return mixers.stream().mapToLong(MixerSpec::scratchValuesPerToken).sum();
  }
}
