package dev.flyball.engine.model;

import dev.flyball.kernels.StoredMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A mixture of experts, as read from a file.
 *
 * @param router (experts, columns)
 */
record MixtureSpec(ExpertRouting routing, Linear.Tensors router, List<FeedForwardSpec> experts)
    implements MixerSpec {

  /** The experts {@code ffn_gate_exps}, {@code ffn_up_exps}, {@code ffn_down_exps} of a layer. */
  static MixtureSpec read(
      TensorGroup layer, ExpertRouting routing, int hidden, Activation activation) {
    int columns = layer.source().config().embeddingLength();
    Linear.Tensors router = layer.linear("ffn_gate_inp", routing.experts(), columns);
    List<StoredMatrix> gates = readEach(layer, routing, "ffn_gate", hidden, columns);
    List<StoredMatrix> ups = readEach(layer, routing, "ffn_up", hidden, columns);
    List<StoredMatrix> downs = readEach(layer, routing, "ffn_down", columns, hidden);
    List<FeedForwardSpec> experts = new ArrayList<>();
    for (int i = 0; i < routing.experts(); i++) {
      experts.add(
          new FeedForwardSpec(
              Optional.of(new Linear.Tensors(gates.get(i), Optional.empty())),
              new Linear.Tensors(ups.get(i), Optional.empty()),
              new Linear.Tensors(downs.get(i), Optional.empty()),
              activation));
    }
    return new MixtureSpec(routing, router, List.copyOf(experts));
  }

  /** One tensor for all experts, or, in older files, one for each. */
  private static List<StoredMatrix> readEach(
      TensorGroup layer, ExpertRouting routing, String name, int rows, int columns) {
    if (!layer.has(name + ".0.weight")) {
      return layer.matrices(name + "_exps.weight", routing.experts(), rows, columns);
    }
    List<StoredMatrix> matrices = new ArrayList<>();
    for (int i = 0; i < routing.experts(); i++) {
      matrices.add(layer.matrix(name + "." + i + ".weight", rows, columns));
    }
    return matrices;
  }

  @Override
  public int maxColumns() {
    return experts.getFirst().maxColumns();
  }

  @Override
  public long scratchValuesPerToken() {
    return experts.getFirst().scratchValuesPerToken() + 2L * router.columns() + routing.experts();
  }

  @Override
  public Mixer assemble(Assembly assembly) {
    return new MixtureOfExperts(this, assembly);
  }
}
