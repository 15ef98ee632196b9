package dev.flyball.engine.model;

import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.kernels.StoredMatrix;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A dense feed forward network, as read from a file.
 *
 * @param gate (hidden, columns); nothing: the activation is applied to {@code up} itself
 * @param up (hidden, columns)
 * @param down (columns, hidden)
 */
public record FeedForwardSpec(
    Optional<Linear.Tensors> gate, Linear.Tensors up, Linear.Tensors down, Activation activation)
    implements MixerSpec {

  /** As {@link #gated(TensorGroup, int, Activation)}, as wide as {@code feed_forward_length}. */
  public static FeedForwardSpec gated(TensorGroup layer, Activation activation) {
    return gated(layer, hidden(layer), activation);
  }

  /** The network {@code ffn_gate}, {@code ffn_up}, {@code ffn_down} of a layer. */
  public static FeedForwardSpec gated(TensorGroup layer, int hidden, Activation activation) {
    return gated(layer, "", hidden, activation);
  }

  /**
   * The network {@code ffn_gate}, {@code ffn_up}, {@code ffn_down}, each with a suffix.
   *
   * @param suffix e.g. {@code _shexp}, a shared expert
   */
  public static FeedForwardSpec gated(
      TensorGroup layer, String suffix, int hidden, Activation activation) {
    int columns = layer.source().config().embeddingLength();
    return new FeedForwardSpec(
        Optional.of(layer.linear("ffn_gate" + suffix, hidden, columns)),
        layer.linear("ffn_up" + suffix, hidden, columns),
        layer.linear("ffn_down" + suffix, columns, hidden),
        activation);
  }

  /** A network whose {@code ffn_up} has the rows of the gate, then those of the up matrix. */
  public static FeedForwardSpec fused(TensorGroup layer, Activation activation) {
    int hidden = hidden(layer);
    int columns = layer.source().config().embeddingLength();
    Linear.Tensors both = layer.linear("ffn_up", 2L * hidden, columns);
    return new FeedForwardSpec(
        Optional.of(both.rows(0, hidden)),
        both.rows(hidden, hidden),
        layer.linear("ffn_down", columns, hidden),
        activation);
  }

  /** As {@link #ungated(TensorGroup, int, Activation)}, as wide as {@code feed_forward_length}. */
  public static FeedForwardSpec ungated(TensorGroup layer, Activation activation) {
    return ungated(layer, hidden(layer), activation);
  }

  /** The network {@code ffn_up}, {@code ffn_down} of a layer. */
  public static FeedForwardSpec ungated(TensorGroup layer, int hidden, Activation activation) {
    return ungated(layer, "", hidden, activation);
  }

  /** The network {@code ffn_up}, {@code ffn_down}, each with a suffix. */
  public static FeedForwardSpec ungated(
      TensorGroup layer, String suffix, int hidden, Activation activation) {
    int columns = layer.source().config().embeddingLength();
    return new FeedForwardSpec(
        Optional.empty(),
        layer.linear("ffn_up" + suffix, hidden, columns),
        layer.linear("ffn_down" + suffix, columns, hidden),
        activation);
  }

  private static int hidden(TensorGroup layer) {
    return layer.source().keys().count("feed_forward_length");
  }

  /** Its matrices, in the order of their use. */
  public List<StoredMatrix> matrices() {
    return Stream.concat(gate.stream(), Stream.of(up, down)).map(Linear.Tensors::weight).toList();
  }

  /** A network without a gate whose matrices have these names. */
  public static FeedForwardSpec ungated(
      TensorGroup layer, String up, String down, int hidden, Activation activation) {
    int columns = layer.source().config().embeddingLength();
    return new FeedForwardSpec(
        Optional.empty(),
        layer.linear(up, hidden, columns),
        layer.linear(down, columns, hidden),
        activation);
  }

  @Override
  public int maxColumns() {
    return Math.max(up.columns(), down.columns());
  }

  @Override
  public long scratchValuesPerToken() {
    return 2L * down.columns();
  }

  @Override
  public DenseFeedForward assemble(Assembly assembly) {
    return new DenseFeedForward(this, assembly);
  }
}
