package dev.flyball.engine.model;

import java.util.List;

/**
 * LFM2 and LFM2.5 (arXiv:2511.23404), dense: most layers mix tokens by a gated short convolution,
 * the others by attention with normed heads.
 */
final class Lfm2Family implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("lfm2");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    LayerKinds kinds = LayerKinds.read(source);
    int hidden = source.keys().count("feed_forward_length");
    RopeSpec rope = RopeSpec.read(source, RopePairs.HALVES, kinds.attention().keyLength());
    return source.decoder(
        source.branches(
            layer ->
                List.of(
                    BranchSpec.preNorm(
                        layer.rmsNorm("attn_norm"),
                        kinds.isAttention(layer.index())
                            ? AttentionSpec.of(layer, kinds.attention())
                                .headNorms()
                                .rope(rope)
                                .read()
                            : ShortConvolutionSpec.read(layer)),
                    BranchSpec.preNorm(
                        layer.rmsNorm("ffn_norm"),
                        FeedForwardSpec.gated(layer, hidden, Activation.SILU)))),
        source.root().rmsNorm("token_embd_norm"));
  }
}
