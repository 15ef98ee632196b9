package dev.flyball.engine.model.arithmetic;

import dev.flyball.engine.weights.ExpertStore;
import dev.flyball.engine.weights.PackedWeights;
import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.simd.InstructionSet;
import java.util.Optional;

/**
 * What a forward pass computes with: plain Java, exactly, or generated code. Holds scratch for
 * steps; used by the thread that calls {@code forward}.
 */
public interface Arithmetic extends AutoCloseable {
  /** Plain Java, for steps of so many tokens and matrices of so many columns at most. */
  static Arithmetic exact(WorkerTeam team, int maxTokens, int maxColumns) {
    return new ExactArithmetic(team, maxTokens, maxColumns);
  }

  /**
   * Generated code, for steps of so many tokens and matrices of so many columns at most.
   *
   * @param weights closed with the arithmetic
   * @param experts where experts are, closed likewise; nothing: among the weights
   */
  static Arithmetic generated(
      InstructionSet level,
      WorkerTeam team,
      PackedWeights weights,
      Optional<ExpertStore> experts,
      int maxTokens,
      int maxColumns) {
    return new GeneratedArithmetic(level, team, weights, experts, maxTokens, maxColumns);
  }

  /** This one, whose inputs are shown to an observer before they are multiplied by. */
  default Arithmetic observed(InputObserver observer, WorkerTeam team) {
    return new ObservedArithmetic(this, observer, team);
  }

  Products products();

  /** Weights of experts, to be multiplied by in {@link #products}. */
  ExpertWeights experts();

  Elementwise elementwise();

  /** What layers with a state compute. */
  Scans scans();

  /**
   * Prepares a network's matrices behind its gate to be read neuron by neuron, at load.
   *
   * @param up (neurons, columns)
   * @param upBias of neurons
   * @param down (rows, neurons)
   * @return nothing where this arithmetic reads whole matrices only
   */
  default Optional<SparseNetwork> sparse(
      StoredMatrix up, Optional<float[]> upBias, StoredMatrix down) {
    return Optional.empty();
  }

  @Override
  void close();
}
