package dev.flyball.engine.model.arithmetic;

import dev.flyball.engine.model.arithmetic.Products.Weight;
import dev.flyball.engine.weights.ExpertCounters;
import dev.flyball.engine.weights.ExpertStore;
import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.matmul.PackedMatrix;
import java.util.List;
import java.util.Optional;

/** A weight that is packed to panels, as generated code reads it. */
sealed interface PanelWeight extends Weight {
  PackedMatrix matrix();

  /** Packed at load. */
  record Loaded(PackedMatrix matrix) implements PanelWeight {
    @Override
    public int rows() {
      return matrix.rows();
    }

    @Override
    public int columns() {
      return matrix.columns();
    }
  }

  /** Of an expert that is read and packed when it is needed. */
  record Stored(ExpertStore.Matrix stored) implements PanelWeight {
    @Override
    public int rows() {
      return stored.rows();
    }

    @Override
    public int columns() {
      return stored.columns();
    }

    @Override
    public PackedMatrix matrix() {
      return stored.packed();
    }
  }

  /** Experts that are read and packed when they are needed. */
  record StoredExperts(ExpertStore store) implements ExpertWeights {
    @Override
    public List<Weight> prepare(List<StoredMatrix> stored) {
      return store.add(stored).stream().<Weight>map(Stored::new).toList();
    }

    @Override
    public void expect(Weight ofExpert) {
      ((Stored) ofExpert).stored().expect();
    }

    @Override
    public int together() {
      return store.together();
    }

    @Override
    public Optional<ExpertCounters> counters() {
      return Optional.of(store.counters());
    }
  }
}
