package dev.flyball.engine.model.arithmetic;

import dev.flyball.engine.model.arithmetic.Products.Weight;
import dev.flyball.engine.weights.ExpertCounters;
import dev.flyball.kernels.StoredMatrix;
import java.util.List;
import java.util.Optional;

/** Weights of experts, which may stay in the model's file until steps need them. */
public interface ExpertWeights {
  /** Prepares the matrices of an expert, at load. */
  List<Weight> prepare(List<StoredMatrix> stored);

  /** Says that the expert of this matrix will be multiplied by soon. */
  void expect(Weight ofExpert);

  /**
   * How many experts may be multiplied by together; as many more may be expected at the same time.
   */
  int together();

  /** What became of experts that are read when they are needed. */
  Optional<ExpertCounters> counters();

  /** Experts that are loaded with the model. */
  record Loaded(Products products) implements ExpertWeights {
    @Override
    public List<Weight> prepare(List<StoredMatrix> stored) {
      return stored.stream().map(products::prepare).toList();
    }

    @Override
    public void expect(Weight ofExpert) {
      // it is there
    }

    @Override
    public int together() {
      return Integer.MAX_VALUE;
    }

    @Override
    public Optional<ExpertCounters> counters() {
      return Optional.empty();
    }
  }
}
