package dev.flyball.engine.model;

/**
 * What a layer makes of its own embedding of a token: {@code up @ (gelu(gate @ x) * input)}.
 *
 * @param inputs of all layers
 * @param layer which of them
 * @param gate (length, columns)
 * @param up (columns, length)
 */
public record PerLayerMixerSpec(
    PerLayerInputSpec inputs, int layer, Linear.Tensors gate, Linear.Tensors up)
    implements MixerSpec {
  public static PerLayerMixerSpec read(TensorGroup layer, PerLayerInputSpec inputs) {
    int columns = layer.source().config().embeddingLength();
    return new PerLayerMixerSpec(
        inputs,
        layer.index(),
        layer.linear("inp_gate", inputs.length(), columns),
        layer.linear("proj", columns, inputs.length()));
  }

  @Override
  public int maxColumns() {
    return Math.max(gate.columns(), up.columns());
  }

  @Override
  public long scratchValuesPerToken() {
    return inputs.length() * (1L + inputs.layers());
  }

  @Override
  public Mixer assemble(Assembly assembly) {
    return new PerLayerMixer(this, assembly);
  }
}
