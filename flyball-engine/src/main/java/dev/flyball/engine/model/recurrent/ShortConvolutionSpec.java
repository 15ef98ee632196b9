package dev.flyball.engine.model.recurrent;

import dev.flyball.engine.model.Assembly;
import dev.flyball.engine.model.Linear;
import dev.flyball.engine.model.Mixer;
import dev.flyball.engine.model.MixerSpec;
import dev.flyball.engine.model.TensorGroup;

/**
 * A gated short convolution (LFM2, arXiv:2511.23404), as read from a file.
 *
 * @param before (columns, columns), multiplied with {@code input} before the convolution
 * @param after (columns, columns), multiplied with the convolution's results
 * @param input (columns, columns)
 * @param output (columns, columns)
 */
public record ShortConvolutionSpec(
    Linear.Tensors before,
    Linear.Tensors after,
    Linear.Tensors input,
    ConvolutionSpec convolution,
    Linear.Tensors output)
    implements MixerSpec {

  /** Reads {@code shortconv.*} of a layer. */
  public static ShortConvolutionSpec read(TensorGroup layer) {
    int columns = layer.source().config().embeddingLength();
    int length = layer.source().keys().count("shortconv.l_cache");
    Linear.Tensors all = layer.linear("shortconv.in_proj", 3L * columns, columns);
    return new ShortConvolutionSpec(
        all.rows(0, columns),
        all.rows(columns, columns),
        all.rows(2 * columns, columns),
        ConvolutionSpec.read(layer, "shortconv.conv", columns, length),
        layer.linear("shortconv.out_proj", columns, columns));
  }

  @Override
  public int maxColumns() {
    return output.columns();
  }

  @Override
  public long scratchValuesPerToken() {
    return 3L * output.columns();
  }

  @Override
  public Mixer assemble(Assembly assembly) {
    return new ShortConvolution(this, assembly);
  }
}
