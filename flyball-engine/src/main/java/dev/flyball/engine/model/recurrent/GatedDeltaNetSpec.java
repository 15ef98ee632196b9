package dev.flyball.engine.model.recurrent;

import dev.flyball.engine.model.Assembly;
import dev.flyball.engine.model.HyperParameters;
import dev.flyball.engine.model.Linear;
import dev.flyball.engine.model.Mixer;
import dev.flyball.engine.model.MixerSpec;
import dev.flyball.engine.model.TensorGroup;
import dev.flyball.engine.model.arithmetic.NormSpec;
import java.util.List;

/**
 * A gated delta net (arXiv:2412.06464) as Qwen3-Next has it, as read from a file.
 *
 * @param shape heads and lengths
 * @param mixed (2 * keyHeads * keyLength + valueHeads * valueLength, columns): queries, keys and
 *     values
 * @param gate (valueHeads * valueLength, columns)
 * @param rates how fast each value head writes and forgets: one matrix for both or one for each
 * @param forgetBias added to what a value head's forgetting comes from
 * @param forgetFactor of it, negative
 * @param convolution of queries, keys and values
 * @param norm of each value head's results
 * @param output (columns, valueHeads * valueLength)
 * @param stateOffset where its part of the state begins: (valueHeads, keyLength, valueLength)
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; written once
public record GatedDeltaNetSpec(
    Shape shape,
    Linear.Tensors mixed,
    Linear.Tensors gate,
    List<Linear.Tensors> rates,
    float[] forgetBias,
    float[] forgetFactor,
    ConvolutionSpec convolution,
    NormSpec.Rms norm,
    Linear.Tensors output,
    int stateOffset)
    implements MixerSpec {

  /**
   * Heads and their lengths.
   *
   * @param grouped whether the value heads that share a key head follow one another; else value
   *     heads take turns with the key heads
   */
  record Shape(int keyHeads, int valueHeads, int keyLength, int valueLength, boolean grouped) {
    int keyColumns() {
      return keyHeads * keyLength;
    }

    int valueColumns() {
      return valueHeads * valueLength;
    }

    int mixedColumns() {
      return 2 * keyColumns() + valueColumns();
    }

    int keyHead(int valueHead) {
      return grouped ? valueHead / (valueHeads / keyHeads) : valueHead % keyHeads;
    }

    private static Shape read(HyperParameters keys, boolean grouped) {
      int keyHeads = keys.count("ssm.group_count");
      int valueHeads = keys.count("ssm.time_step_rank");
      int columns = keys.count("ssm.inner_size");
      if (valueHeads % keyHeads != 0) {
        throw keys.invalid(
            "ssm.time_step_rank",
            valueHeads + " value heads cannot share " + keyHeads + " key heads evenly");
      }
      if (columns % valueHeads != 0) {
        throw keys.invalid(
            "ssm.inner_size", columns + " is not a multiple of the " + valueHeads + " heads");
      }
      int keyLength = keys.count("ssm.state_size");
      if (2L * keyHeads * keyLength + columns > Integer.MAX_VALUE) {
        throw keys.invalid("ssm.state_size", keyLength + " values a head are too many");
      }
      return new Shape(keyHeads, valueHeads, keyLength, columns / valueHeads, grouped);
    }
  }

  /** With value heads that take turns with the key heads, and a matrix for each rate. */
  public static GatedDeltaNetSpec read(TensorGroup layer) {
    Shape shape = Shape.read(layer.source().keys(), false);
    int columns = layer.source().config().embeddingLength();
    return read(
        layer,
        shape,
        List.of(
            layer.linear("ssm_beta", shape.valueHeads(), columns),
            layer.linear("ssm_alpha", shape.valueHeads(), columns)));
  }

  /**
   * With value heads that share a key head one after another, and one matrix for both rates: of
   * each key head what its value heads write with, then what they forget with.
   */
  public static GatedDeltaNetSpec readGrouped(TensorGroup layer) {
    Shape shape = Shape.read(layer.source().keys(), true);
    int columns = layer.source().config().embeddingLength();
    return read(layer, shape, List.of(layer.linear("ssm_ba", 2L * shape.valueHeads(), columns)));
  }

  private static GatedDeltaNetSpec read(
      TensorGroup layer, Shape shape, List<Linear.Tensors> rates) {
    HyperParameters keys = layer.source().keys();
    int columns = layer.source().config().embeddingLength();
    int values = shape.valueColumns();
    double epsilon = keys.positive("attention.layer_norm_rms_epsilon");
    ConvolutionSpec convolution =
        ConvolutionSpec.read(
            layer, "ssm_conv1d", shape.mixedColumns(), keys.count("ssm.conv_kernel"));
    return new GatedDeltaNetSpec(
        shape,
        layer.linear("attn_qkv", shape.mixedColumns(), columns),
        layer.linear("attn_gate", values, columns),
        rates,
        layer.vector("ssm_dt.bias", shape.valueHeads()),
        layer.vector("ssm_a", shape.valueHeads()),
        convolution,
        new NormSpec.Rms(layer.vector("ssm_norm.weight", shape.valueLength()), epsilon),
        layer.linear("ssm_out", columns, values),
        layer.source().addState((long) values * shape.keyLength()));
  }

  @Override
  public int maxColumns() {
    return Math.max(mixed.columns(), output.columns());
  }

  @Override
  public long scratchValuesPerToken() {
    return shape.mixedColumns() + 2L * shape.valueColumns() + 2L * shape.valueHeads();
  }

  @Override
  public Mixer assemble(Assembly assembly) {
    return new GatedDeltaNet(this, assembly);
  }
}
