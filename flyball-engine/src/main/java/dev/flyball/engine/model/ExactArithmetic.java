package dev.flyball.engine.model;

import dev.flyball.engine.cache.KvShape;
import dev.flyball.kernels.ChannelConvolution;
import dev.flyball.kernels.MatrixInput;
import dev.flyball.kernels.MatrixProduct;
import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.WeightedRows;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.matmul.InputFinish;
import dev.flyball.kernels.matmul.RowGroups;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Plain Java on the weights as the file stores them, F32 activations: the oracle of the generated
 * code.
 */
final class ExactArithmetic implements Arithmetic {
  private final WorkerTeam team;
  private final MatrixProduct product;
  private final MatrixInput input;

  // Rows of groups, taken apart by the products.
  private float[] groupedInput = new float[0];
  private RowGroups groups = new RowGroups();
  private int columns;

  ExactArithmetic(WorkerTeam team, int maxTokens, int maxColumns) {
    this.team = team;
    product = new MatrixProduct(team, maxTokens);
    input = new MatrixInput(maxTokens, maxColumns);
  }

  private record StoredWeight(StoredMatrix matrix) implements Weight {
    @Override
    public int rows() {
      return matrix.rows();
    }

    @Override
    public int columns() {
      return matrix.columns();
    }
  }

  @Override
  public Weight prepare(StoredMatrix stored) {
    return new StoredWeight(stored);
  }

  @Override
  public List<Weight> prepare(List<StoredMatrix> stored, Arena arena) {
    List<Weight> copies = new ArrayList<>();
    stored.forEach(matrix -> copies.add(copy(matrix, arena)));
    return copies;
  }

  private static StoredWeight copy(StoredMatrix stored, Arena arena) {
    long bytes = Math.multiplyExact(stored.type().bytesFor(stored.columns()), (long) stored.rows());
    MemorySegment copy = arena.allocate(bytes, 64).copyFrom(stored.data().asSlice(0, bytes));
    return new StoredWeight(new StoredMatrix(stored.type(), copy, stored.rows(), stored.columns()));
  }

  @Override
  public Norm norm(NormSpec spec) {
    return new ExactNorm(spec);
  }

  @Override
  public Rotation rotation(RopePairs pairing, int pairs) {
    return new ExactRotation(pairing, pairs);
  }

  @Override
  public Convolution convolution(ConvolutionSpec spec, ChannelConvolution.Finish finish) {
    return PlainScans.convolution(spec, finish);
  }

  @Override
  public HeadScan deltaRule(int keyLength, int valueLength, float epsilon) {
    return new PlainScans(team.size()).deltaRule(keyLength, valueLength, epsilon);
  }

  @Override
  public HeadScan stateSpace(int stateLength, int headLength) {
    return new PlainScans(team.size()).stateSpace(stateLength, headLength);
  }

  @Override
  public void input(float[] x, int tokens, int columns) {
    input.pack(x, tokens, columns, team);
  }

  @Override
  public void input(float[] x, int tokens, int columns, InputFinish finish) {
    team.run(tokens, (row, worker) -> finish.finish(row, 0, columns, worker));
    input(x, tokens, columns);
  }

  @Override
  public void multiply(List<Weight> weights, List<float[]> outs) {
    for (int i = 0; i < weights.size(); i++) {
      product.multiply(((StoredWeight) weights.get(i)).matrix(), input, outs.get(i));
    }
  }

  @Override
  public void multiplyFinely(List<Weight> weights, List<float[]> outs) {
    multiply(weights, outs);
  }

  @Override
  public void input(float[] x, RowGroups groups, int columns) {
    groupedInput = x;
    this.groups = groups;
    this.columns = columns;
  }

  @Override
  public void input(float[] x, RowGroups groups, int columns, InputFinish finish) {
    team.run(
        groups.size(), (place, worker) -> finish.finish(groups.row(place), 0, columns, worker));
    input(x, groups, columns);
  }

  @Override
  public void multiplyGroups(List<Weight> weights, List<float[]> outs) {
    for (int group = 0; group < groups.groups(); group++) {
      int size = groups.size(group);
      float[] rows = new float[size * columns];
      for (int i = 0; i < size; i++) {
        int row = groups.row(groups.first(group) + i);
        System.arraycopy(groupedInput, row * columns, rows, i * columns, columns);
      }
      input.pack(rows, size, columns, team);
      for (int i = 0; i < outs.size(); i++) {
        Weight weight = weights.get(i * groups.groups() + group);
        float[] results = new float[size * weight.rows()];
        product.multiply(((StoredWeight) weight).matrix(), input, results);
        int to = groups.first(group) * weight.rows();
        System.arraycopy(results, 0, outs.get(i), to, results.length);
      }
    }
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
    WeightedRows.add(rows, places, weights, first, end, sums, to, 0, length);
  }

  @Override
  public int tokens() {
    return input.tokens();
  }

  @Override
  public void gate(Activation activation, float[] gate, float[] up, int from, int end, int worker) {
    activation.curve().gate(gate, up, from, end);
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
    activation.curve().gateAbove(gate, up, threshold, from, end);
  }

  @Override
  public Optional<SparseNetwork> sparse(Linear.Tensors up, Linear.Tensors down) {
    return Optional.empty();
  }

  @Override
  public void activate(Activation activation, float[] x, int from, int end, int worker) {
    activation.curve().apply(x, from, end);
  }

  @Override
  public CachedAttention attention(
      AttentionShape shape, KvShape cache, ScoreRule scores, Step step) {
    return new ExactAttention(shape, scores, step);
  }

  @Override
  public void close() {
    // Java arrays only
  }
}
