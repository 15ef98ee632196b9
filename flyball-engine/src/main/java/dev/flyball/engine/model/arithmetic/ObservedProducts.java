package dev.flyball.engine.model.arithmetic;

import dev.flyball.engine.weights.ExpertCounters;
import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.matmul.RowGroups;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Other products, whose inputs are shown to an observer. */
final class ObservedProducts extends FinishedProducts {
  private final Products inner;
  private final InputObserver observer;
  private float[] x = new float[0];
  private RowGroups groups = new RowGroups();
  private int columns;

  ObservedProducts(Products inner, InputObserver observer, WorkerTeam team) {
    super(team);
    this.inner = inner;
    this.observer = observer;
  }

  private record ObservedWeight(Weight weight, StoredMatrix stored) implements Weight {
    @Override
    public int rows() {
      return weight.rows();
    }

    @Override
    public int columns() {
      return weight.columns();
    }
  }

  /** Other experts, whose inputs are shown, too. */
  record Experts(ExpertWeights inner) implements ExpertWeights {
    @Override
    public List<Weight> prepare(List<StoredMatrix> stored) {
      List<Weight> prepared = inner.prepare(stored);
      List<Weight> observed = new ArrayList<>();
      for (int i = 0; i < prepared.size(); i++) {
        observed.add(new ObservedWeight(prepared.get(i), stored.get(i)));
      }
      return observed;
    }

    @Override
    public void expect(Weight ofExpert) {
      inner.expect(((ObservedWeight) ofExpert).weight());
    }

    @Override
    public int together() {
      return inner.together();
    }

    @Override
    public Optional<ExpertCounters> counters() {
      return inner.counters();
    }
  }

  @Override
  public Weight prepare(StoredMatrix stored) {
    return new ObservedWeight(inner.prepare(stored), stored);
  }

  @Override
  public List<Weight> prepare(List<StoredMatrix> stored, Arena arena) {
    return inner.prepare(stored, arena);
  }

  @Override
  public void input(float[] x, int tokens, int columns) {
    this.x = x;
    this.groups = RowGroups.whole(tokens);
    this.columns = columns;
    inner.input(x, tokens, columns);
  }

  @Override
  public int tokens() {
    return inner.tokens();
  }

  @Override
  public void multiply(List<Weight> weights, List<float[]> outs) {
    inner.multiply(observed(weights, 1), outs);
  }

  @Override
  public void multiplyFinely(List<Weight> weights, List<float[]> outs) {
    inner.multiplyFinely(observed(weights, 1), outs);
  }

  @Override
  public void input(float[] x, RowGroups groups, int columns) {
    this.x = x;
    this.groups = groups;
    this.columns = columns;
    inner.input(x, groups, columns);
  }

  @Override
  public void multiplyGroups(List<Weight> weights, List<float[]> outs) {
    inner.multiplyGroups(observed(weights, groups.groups()), outs);
  }

  /** Shows each weight the rows of its group. */
  private List<Weight> observed(List<Weight> weights, int groupCount) {
    List<Weight> unwrapped = new ArrayList<>();
    for (int i = 0; i < weights.size(); i++) {
      ObservedWeight weight = (ObservedWeight) weights.get(i);
      int group = i % groupCount;
      int first = groups.first(group);
      for (int place = first; place < first + groups.size(group); place++) {
        observer.multiplied(weight.stored(), x, groups.row(place) * columns);
      }
      unwrapped.add(weight.weight());
    }
    return unwrapped;
  }
}
