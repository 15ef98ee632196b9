package dev.flyball.engine.model;

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
 */
record BranchSpec(
    Optional<NormSpec> before,
    List<MixerSpec> mixers,
    Optional<NormSpec> after,
    float scale,
    float keep) {

  /** Pre-norm: {@code x += mixer(norm(x))}, with several mixers their sum. */
  static BranchSpec preNorm(NormSpec norm, MixerSpec... mixers) {
    return new BranchSpec(Optional.of(norm), List.of(mixers), Optional.empty(), 1, 1);
  }

  /** Post-norm: {@code x += norm(mixer(x))}. */
  static BranchSpec postNorm(MixerSpec mixer, NormSpec norm) {
    return new BranchSpec(Optional.empty(), List.of(mixer), Optional.of(norm), 1, 1);
  }

  /** With a norm of what is added. */
  BranchSpec thenNorm(NormSpec norm) {
    return new BranchSpec(before, mixers, Optional.of(norm), scale, keep);
  }

  /** With a factor on what is added. */
  BranchSpec scaled(float factor) {
    return new BranchSpec(before, mixers, after, factor, keep);
  }

  /** Without a norm before it: {@code x += mixers(x)}. */
  static BranchSpec plain(MixerSpec... mixers) {
    return new BranchSpec(Optional.empty(), List.of(mixers), Optional.empty(), 1, 1);
  }

  /** With a factor on the residual stream behind the addition. */
  BranchSpec thenScaled(float factor) {
    return new BranchSpec(before, mixers, after, scale * factor, keep * factor);
  }

  int maxColumns() {
    return mixers.stream().mapToInt(MixerSpec::maxColumns).max().orElse(0);
  }

  long scratchValuesPerToken() {
    return mixers.stream().mapToLong(MixerSpec::scratchValuesPerToken).sum();
  }
}
