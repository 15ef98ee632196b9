package dev.flyball.engine.model.recurrent;

import dev.flyball.engine.model.Assembly;
import dev.flyball.engine.model.HyperParameters;
import dev.flyball.engine.model.Linear;
import dev.flyball.engine.model.Mixer;
import dev.flyball.engine.model.MixerSpec;
import dev.flyball.engine.model.TensorGroup;
import dev.flyball.engine.model.arithmetic.NormSpec;
import dev.flyball.kernels.StoredMatrix;
import java.util.ArrayList;
import java.util.List;

/**
 * A Mamba-2 mixer (arXiv:2405.21060), as read from a file.
 *
 * @param shape heads and lengths
 * @param gate (heads * headLength, columns)
 * @param mixed (heads * headLength + 2 * groups * stateLength, columns): inputs, and what they are
 *     written and read with
 * @param time (heads, columns): how long a token takes, for each head
 * @param timeBias added to that
 * @param decay of a head's state in a unit of time, its logarithm: negative
 * @param direct factor of a head's input that is added to its result
 * @param convolution of {@code mixed}
 * @param norms of each group's results, after the gate; none: they are not normed
 * @param output (columns, heads * headLength)
 * @param stateOffset where its part of the state begins: (heads, stateLength, headLength)
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; written once
public record Mamba2Spec(
    Shape shape,
    Linear.Tensors gate,
    Linear.Tensors mixed,
    Linear.Tensors time,
    float[] timeBias,
    float[] decay,
    float[] direct,
    ConvolutionSpec convolution,
    List<NormSpec> norms,
    Linear.Tensors output,
    int stateOffset)
    implements MixerSpec {

  /**
   * Heads and their lengths.
   *
   * @param groups the heads of a group are written and read with the same vectors
   */
  record Shape(int heads, int headLength, int groups, int stateLength) {
    int columns() {
      return heads * headLength;
    }

    int mixedColumns() {
      return columns() + 2 * groups * stateLength;
    }

    int group(int head) {
      return head / (heads / groups);
    }

    private static Shape read(HyperParameters keys) {
      int heads = keys.count("ssm.time_step_rank");
      int columns = keys.count("ssm.inner_size");
      int groups = keys.count("ssm.group_count", 1);
      int stateLength = keys.count("ssm.state_size");
      if (columns % heads != 0) {
        throw keys.invalid(
            "ssm.inner_size", columns + " is not a multiple of the " + heads + " heads");
      }
      if (heads % groups != 0) {
        throw keys.invalid("ssm.group_count", groups + " does not divide the " + heads + " heads");
      }
      if (2L * columns + 2L * groups * stateLength + heads > Integer.MAX_VALUE) {
        throw keys.invalid("ssm.state_size", stateLength + " values are too many");
      }
      return new Shape(heads, columns / heads, groups, stateLength);
    }
  }

  /** Reads {@code ssm_*} of a layer. */
  public static Mamba2Spec read(TensorGroup layer) {
    HyperParameters keys = layer.source().keys();
    Shape shape = Shape.read(keys);
    int columns = layer.source().config().embeddingLength();
    int inner = shape.columns();
    int mixed = shape.mixedColumns();
    Linear.Tensors all = layer.linear("ssm_in", (long) inner + mixed + shape.heads(), columns);
    ConvolutionSpec convolution =
        ConvolutionSpec.read(layer, "ssm_conv1d", mixed, keys.count("ssm.conv_kernel"));
    return new Mamba2Spec(
        shape,
        all.rows(0, inner),
        all.rows(inner, mixed),
        all.rows(inner + mixed, shape.heads()),
        layer.vector("ssm_dt.bias", shape.heads()),
        column(layer.matrix("ssm_a", shape.heads(), 1)),
        column(layer.matrix("ssm_d", shape.heads(), 1)),
        convolution,
        norms(layer, shape),
        layer.linear("ssm_out", columns, inner),
        layer.source().addState((long) inner * shape.stateLength()));
  }

  private static float[] column(StoredMatrix matrix) {
    float[] values = new float[matrix.rows()];
    for (int row = 0; row < values.length; row++) {
      matrix.decode(row, 0, 1, values, row);
    }
    return values;
  }

  private static List<NormSpec> norms(TensorGroup layer, Shape shape) {
    if (!layer.has("ssm_norm.weight")) {
      return List.of();
    }
    int length = shape.columns() / shape.groups();
    double epsilon = layer.source().keys().positive("attention.layer_norm_rms_epsilon");
    StoredMatrix weights = layer.matrix("ssm_norm.weight", shape.groups(), length);
    List<NormSpec> norms = new ArrayList<>();
    for (int group = 0; group < shape.groups(); group++) {
      float[] weight = new float[length];
      weights.decode(group, 0, length, weight, 0);
      norms.add(new NormSpec.Rms(weight, epsilon));
    }
    return List.copyOf(norms);
  }

  @Override
  public int maxColumns() {
    return Math.max(mixed.columns(), output.columns());
  }

  @Override
  public long scratchValuesPerToken() {
    return 2L * shape.columns() + shape.mixedColumns() + shape.heads();
  }

  @Override
  public Mixer assemble(Assembly assembly) {
    return new Mamba2(this, assembly);
  }
}
