package dev.flyball.engine.model;

import java.util.List;

/**
 * Nemotron-H (arXiv:2504.03624): a layer is one branch, either Mamba-2, attention without
 * positions, or a feed forward network without gate.
 */
final class NemotronHFamily implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("nemotron_h");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    LayerKinds kinds = LayerKinds.read(source);
    int[] hidden = source.keys().eachLayer("feed_forward_length", source.config().layers());
    return source.decoder(
        source.branches(
            layer ->
                List.of(
                    BranchSpec.preNorm(
                        layer.rmsNorm("attn_norm"), mixer(layer, kinds, hidden[layer.index()])))),
        source.root().rmsNorm("output_norm"));
  }

  private static MixerSpec mixer(TensorGroup layer, LayerKinds kinds, int hidden) {
    if (hidden > 0) {
      return FeedForwardSpec.ungated(layer, hidden, Activation.RELU_SQUARED);
    }
    return kinds.isAttention(layer.index())
        ? AttentionSpec.of(layer, kinds.attention()).read()
        : Mamba2Spec.read(layer);
  }
}
