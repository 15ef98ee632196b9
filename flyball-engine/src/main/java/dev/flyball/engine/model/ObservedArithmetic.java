package dev.flyball.engine.model;

import dev.flyball.engine.cache.KvShape;
import dev.flyball.engine.weights.ExpertCounters;
import dev.flyball.kernels.ChannelConvolution;
import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.matmul.InputFinish;
import dev.flyball.kernels.matmul.RowGroups;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Another arithmetic, whose inputs are shown to an observer before they are multiplied by. */
final class ObservedArithmetic implements Arithmetic {
  private final Arithmetic inner;
  private final InputObserver observer;
  private final WorkerTeam team;
  private float[] x = new float[0];
  private RowGroups groups = new RowGroups();
  private int columns;

  ObservedArithmetic(Arithmetic inner, InputObserver observer, WorkerTeam team) {
    this.inner = inner;
    this.observer = observer;
    this.team = team;
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

  @Override
  public Weight prepare(StoredMatrix stored) {
    return new ObservedWeight(inner.prepare(stored), stored);
  }

  @Override
  public List<Weight> prepareExpert(List<StoredMatrix> stored) {
    List<Weight> prepared = inner.prepareExpert(stored);
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
  public int expertsTogether() {
    return inner.expertsTogether();
  }

  @Override
  public Optional<ExpertCounters> experts() {
    return inner.experts();
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
  public void input(float[] x, int tokens, int columns, InputFinish finish) {
    team.run(tokens, (row, worker) -> finish.finish(row, 0, columns, worker));
    input(x, tokens, columns);
  }

  @Override
  public void input(float[] x, RowGroups groups, int columns) {
    this.x = x;
    this.groups = groups;
    this.columns = columns;
    inner.input(x, groups, columns);
  }

  @Override
  public void input(float[] x, RowGroups groups, int columns, InputFinish finish) {
    team.run(
        groups.size(), (place, worker) -> finish.finish(groups.row(place), 0, columns, worker));
    input(x, groups, columns);
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

  @Override
  public Convolution convolution(ConvolutionSpec spec, ChannelConvolution.Finish finish) {
    return inner.convolution(spec, finish);
  }

  @Override
  public HeadScan deltaRule(int keyLength, int valueLength, float epsilon) {
    return inner.deltaRule(keyLength, valueLength, epsilon);
  }

  @Override
  public HeadScan stateSpace(int stateLength, int headLength) {
    return inner.stateSpace(stateLength, headLength);
  }

  @Override
  public Rotation rotation(RopePairs pairing, int pairs) {
    return inner.rotation(pairing, pairs);
  }

  @Override
  public Norm norm(NormSpec spec) {
    return inner.norm(spec);
  }

  @Override
  public void addWeighted(
      float[] rows,
      int[] places,
      float[] weights,
      int first,
      int end,
      float[] sums,
      int to,
      int length,
      int worker) {
    inner.addWeighted(rows, places, weights, first, end, sums, to, length, worker);
  }

  @Override
  public int tokens() {
    return inner.tokens();
  }

  @Override
  public void gate(Activation activation, float[] gate, float[] up, int from, int end, int worker) {
    inner.gate(activation, gate, up, from, end, worker);
  }

  @Override
  public void gateAbove(
      Activation activation,
      float[] gate,
      float[] up,
      float threshold,
      int from,
      int end,
      int worker) {
    inner.gateAbove(activation, gate, up, threshold, from, end, worker);
  }

  /** Nothing: an observer sees the inputs of whole matrices. */
  @Override
  public Optional<SparseNetwork> sparse(Linear.Tensors up, Linear.Tensors down) {
    return Optional.empty();
  }

  @Override
  public void activate(Activation activation, float[] x, int from, int end, int worker) {
    inner.activate(activation, x, from, end, worker);
  }

  @Override
  public CachedAttention attention(
      AttentionShape shape, KvShape cache, ScoreRule scores, Step step) {
    return inner.attention(shape, cache, scores, step);
  }

  @Override
  public void close() {
    inner.close();
  }
}
