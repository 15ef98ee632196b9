package dev.flyball.engine.model.family;

import dev.flyball.engine.model.Activation;
import dev.flyball.engine.model.AttentionShape;
import dev.flyball.engine.model.AttentionSpec;
import dev.flyball.engine.model.BranchSpec;
import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.ExpertRouting;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.HyperParameters;
import dev.flyball.engine.model.MixerSpec;
import dev.flyball.engine.model.MixtureSpec;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.Reach;
import dev.flyball.engine.model.RopePairs;
import dev.flyball.engine.model.RopeSpec;
import dev.flyball.engine.model.TensorGroup;
import java.util.List;

/**
 * Llama (arXiv:2302.13971, arXiv:2407.21783), Mistral, Mixtral (arXiv:2401.04088) and all others
 * whose files say {@code llama}: pre-norm blocks of rotary attention and SwiGLU, or of a mixture of
 * experts.
 */
final class LlamaFamily implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("llama");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    HyperParameters keys = source.keys();
    Reach reach = Reach.window(keys.countOrNone("attention.sliding_window"));
    AttentionShape shape = source.attentionShape().reaching(reach);
    RopeSpec rope = RopeSpec.read(source, RopePairs.ADJACENT, shape.keyLength());
    return source.decoder(
        source.branches(
            layer ->
                List.of(
                    BranchSpec.preNorm(
                        layer.rmsNorm("attn_norm"),
                        AttentionSpec.of(layer, shape).rope(rope).read()),
                    BranchSpec.preNorm(layer.rmsNorm("ffn_norm"), feedForward(layer)))),
        source.root().rmsNorm("output_norm"));
  }

  private static MixerSpec feedForward(TensorGroup layer) {
    HyperParameters keys = layer.source().keys();
    int hidden = keys.count("feed_forward_length");
    return keys.countOrNone("expert_count") == 0
        ? FeedForwardSpec.gated(layer, hidden, Activation.SILU)
        : MixtureSpec.read(layer, ExpertRouting.read(keys), hidden, Activation.SILU);
  }
}
