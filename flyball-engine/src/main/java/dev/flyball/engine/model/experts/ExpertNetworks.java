package dev.flyball.engine.model.experts;

import dev.flyball.engine.model.Assembly;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.Linear;
import dev.flyball.engine.model.StepRows;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.engine.model.arithmetic.Elementwise;
import dev.flyball.engine.model.arithmetic.ExpertWeights;
import dev.flyball.engine.model.arithmetic.Products;
import dev.flyball.kernels.matmul.InputFinish;
import java.util.ArrayList;
import java.util.List;

/**
 * The feed forward networks of all experts, each as a {@link FeedForwardSpec} says: those that are
 * chosen are computed together, each with its own tokens, and no other one's weights are read.
 */
final class ExpertNetworks {
  /** The gates of all experts; none where they have none. */
  private final List<Linear> gates;

  private final List<Linear> ups;
  private final List<Linear> downs;
  private final Activation activation;
  private final ExpertWeights stored;
  private final Products products;
  private final Elementwise elementwise;
  private final StepRows hidden;
  private final StepRows upward;
  private final InputFinish activate = this::activate;

  // Arguments of a product, kept for the next one.
  private final List<Products.Weight> weights = new ArrayList<>();
  private final List<float[]> outs = new ArrayList<>();

  /**
   * @param specs of the experts, all of the same shapes
   */
  ExpertNetworks(List<FeedForwardSpec> specs, Assembly assembly) {
    List<Linear> gates = new ArrayList<>();
    List<Linear> ups = new ArrayList<>();
    List<Linear> downs = new ArrayList<>();
    for (FeedForwardSpec spec : specs) {
      List<Linear.Tensors> tensors = new ArrayList<>();
      spec.gate().ifPresent(tensors::add);
      tensors.add(spec.up());
      tensors.add(spec.down());
      List<Linear> expert = assembly.expert(tensors);
      if (spec.gate().isPresent()) {
        gates.add(expert.getFirst());
      }
      ups.add(expert.get(expert.size() - 2));
      downs.add(expert.getLast());
    }
    this.gates = List.copyOf(gates);
    this.ups = List.copyOf(ups);
    this.downs = List.copyOf(downs);
    activation = specs.getFirst().activation();
    stored = assembly.arithmetic().experts();
    products = assembly.arithmetic().products();
    elementwise = assembly.arithmetic().elementwise();
    int length = ups.getFirst().rows();
    hidden = assembly.rows("hidden", length);
    upward = assembly.rows("upward", gates.isEmpty() ? 0 : length);
  }

  int count() {
    return ups.size();
  }

  /** How many may be computed together; as many more may be expected at the same time. */
  int together() {
    return stored.together();
  }

  /** Says that an expert will be computed soon. */
  void expect(int expert) {
    stored.expect(downs.get(expert).weight());
  }

  /**
   * Computes the chosen experts with the groups of rows that were last given as input.
   *
   * @param out (rows of all groups, columns)
   */
  void apply(ExpertRows chosen, float[] out) {
    outs.clear();
    weights.clear();
    if (!gates.isEmpty()) {
      add(gates, chosen, hidden.values());
      add(ups, chosen, upward.values());
    } else {
      add(ups, chosen, hidden.values());
    }
    products.multiplyGroups(weights, outs);
    if (!gates.isEmpty()) {
      addBiases(gates, chosen, hidden.values());
      addBiases(ups, chosen, upward.values());
    } else {
      addBiases(ups, chosen, hidden.values());
    }
    products.input(hidden.values(), chosen.places(), downs.getFirst().columns(), activate);
    outs.clear();
    weights.clear();
    add(downs, chosen, out);
    products.multiplyGroups(weights, outs);
    addBiases(downs, chosen, out);
  }

  private void add(List<Linear> projections, ExpertRows chosen, float[] out) {
    outs.add(out);
    for (int group = 0; group < chosen.groups(); group++) {
      weights.add(projections.get(chosen.expert(group)).weight());
    }
  }

  private static void addBiases(List<Linear> projections, ExpertRows chosen, float[] out) {
    for (int group = 0; group < chosen.groups(); group++) {
      int first = chosen.places().first(group);
      projections
          .get(chosen.expert(group))
          .addBias(out, first, first + chosen.places().size(group));
    }
  }

  private void activate(int row, int from, int to, int worker) {
    int length = ups.getFirst().rows();
    int first = row * length + from;
    int end = row * length + to;
    if (gates.isEmpty()) {
      elementwise.activate(activation, hidden.values(), first, end, worker);
    } else {
      elementwise.gate(activation, hidden.values(), upward.values(), first, end, worker);
    }
  }
}
