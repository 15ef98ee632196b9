package dev.flyball.engine.model.family;

import dev.flyball.engine.model.BranchSpec;
import dev.flyball.engine.model.MixerSpec;
import dev.flyball.engine.model.TensorGroup;
import java.util.List;

/**
 * The outlines of a layer that most families have: attention, or what mixes tokens in its place,
 * and behind it a feed forward network, with RMS norms by the names that files usually have for
 * them.
 */
final class TransformerLayer {
  private TransformerLayer() {}

  /** Norms before both: {@code attn_norm}, {@code ffn_norm}. */
  static List<BranchSpec> preNorm(TensorGroup layer, MixerSpec attention, MixerSpec... network) {
    return preNorm(layer, "ffn_norm", attention, network);
  }

  /** As {@link #preNorm(TensorGroup, MixerSpec, MixerSpec...)}, with another name. */
  static List<BranchSpec> preNorm(
      TensorGroup layer, String networkNorm, MixerSpec attention, MixerSpec... network) {
    return List.of(
        BranchSpec.preNorm(layer.rmsNorm("attn_norm"), attention),
        BranchSpec.preNorm(layer.rmsNorm(networkNorm), network));
  }

  /** Norms behind both: {@code post_attention_norm}, {@code post_ffw_norm}. */
  static List<BranchSpec> postNorm(TensorGroup layer, MixerSpec attention, MixerSpec network) {
    return List.of(
        BranchSpec.postNorm(attention, layer.rmsNorm("post_attention_norm")),
        BranchSpec.postNorm(network, layer.rmsNorm("post_ffw_norm")));
  }

  /** Norms before and behind both. */
  static List<BranchSpec> normedAround(TensorGroup layer, MixerSpec attention, MixerSpec network) {
    return List.of(
        BranchSpec.preNorm(layer.rmsNorm("attn_norm"), attention)
            .thenNorm(layer.rmsNorm("post_attention_norm")),
        BranchSpec.preNorm(layer.rmsNorm("ffn_norm"), network)
            .thenNorm(layer.rmsNorm("post_ffw_norm")));
  }
}
