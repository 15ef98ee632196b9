package dev.flyball.engine.model.arithmetic;

import dev.flyball.kernels.MatrixInput;
import dev.flyball.kernels.MatrixProduct;
import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.matmul.RowGroups;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Products in plain Java, with the weights as the file stores them. */
final class ExactProducts extends FinishedProducts {
  private final WorkerTeam team;
  private final MatrixProduct product;
  private final MatrixInput input;

  // Rows of groups, taken apart by the products.
  private float[] groupedInput = new float[0];
  private RowGroups groups = new RowGroups();
  private int columns;

  ExactProducts(WorkerTeam team, int maxTokens, int maxColumns) {
    super(team);
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
  public void input(float[] x, int tokens, int columns) {
    input.pack(x, tokens, columns, team);
  }

  @Override
  public int tokens() {
    return input.tokens();
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
}
