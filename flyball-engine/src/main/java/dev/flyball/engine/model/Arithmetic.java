package dev.flyball.engine.model;

import dev.flyball.engine.cache.KvShape;
import java.util.Optional;

/**
 * What a forward pass computes with: plain Java, exactly, or generated code. Holds scratch for
 * steps; used by the thread that calls {@code forward}.
 */
interface Arithmetic extends AutoCloseable {
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
   * @param down (rows, neurons)
   * @return nothing where this arithmetic reads whole matrices only
   */
  default Optional<SparseNetwork> sparse(Linear.Tensors up, Linear.Tensors down) {
    return Optional.empty();
  }

  /**
   * Attention over those layers of a cache that have the shape's lengths; closed with this
   * arithmetic.
   *
   * @param scores what becomes of the products of queries and keys
   */
  CachedAttention attention(AttentionShape shape, KvShape cache, ScoreRule scores, Step step);

  @Override
  void close();
}
