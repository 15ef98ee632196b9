package dev.flyball.engine.model.experts;

import dev.flyball.engine.model.Assembly;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.Mixer;
import dev.flyball.engine.model.MixerSpec;
import dev.flyball.engine.model.TensorGroup;
import dev.flyball.engine.model.arithmetic.Activation;

/**
 * A feed forward network whose result is multiplied, token by token, by the logistic function of a
 * product with the input, as Qwen's shared experts are.
 *
 * @param weight (columns)
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; written once
public record TokenGateSpec(float[] weight, FeedForwardSpec network) implements MixerSpec {

  /** The shared expert {@code ffn_*_shexp} of a layer. */
  public static TokenGateSpec sharedExpert(TensorGroup layer, int hidden) {
    int columns = layer.source().config().embeddingLength();
    return new TokenGateSpec(
        layer.vector("ffn_gate_inp_shexp.weight", columns),
        FeedForwardSpec.gated(layer, "_shexp", hidden, Activation.SILU));
  }

  @Override
  public int maxColumns() {
    return network.maxColumns();
  }

  @Override
  public long scratchValuesPerToken() {
    return network.scratchValuesPerToken();
  }

  @Override
  public Mixer assemble(Assembly assembly) {
    return new TokenGate(this, assembly);
  }
}
