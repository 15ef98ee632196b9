package dev.flyball.engine.model.family;

import dev.flyball.engine.model.BranchSpec;
import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.ModelSource;
import dev.flyball.engine.model.TensorGroup;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.arithmetic.NormSpec;
import dev.flyball.engine.model.arithmetic.RopePairs;
import dev.flyball.engine.model.recurrent.Mamba2Spec;
import java.util.List;

/**
 * Falcon-H1 (arXiv:2507.22448): every layer mixes tokens by attention and by Mamba-2 in parallel.
 * Its many factors are in the weights of GGUF files.
 */
final class FalconH1Family implements ModelFamily {
  @Override
  public List<String> architectures() {
    return List.of("falcon-h1");
  }

  @Override
  public DecoderSpec read(ModelSource source) {
    RotaryAttention attention = RotaryAttention.read(source, RopePairs.HALVES);
    return source.decoder(
        layer ->
            List.of(
                BranchSpec.preNorm(
                    layer.rmsNorm("attn_norm"), attention.of(layer).read(), Mamba2Spec.read(layer)),
                BranchSpec.preNorm(
                    feedForwardNorm(layer), FeedForwardSpec.gated(layer, Activation.SILU))));
  }

  /** Files have it as {@code ffn_norm}, without {@code .weight}. */
  private static NormSpec feedForwardNorm(TensorGroup layer) {
    if (!layer.has("ffn_norm")) {
      return layer.rmsNorm("ffn_norm");
    }
    double epsilon = layer.source().keys().positive("attention.layer_norm_rms_epsilon");
    float[] weight = layer.vector("ffn_norm", layer.source().config().embeddingLength());
    return new NormSpec.Rms(weight, epsilon);
  }
}
