package dev.flyball.engine.model.arithmetic;

import dev.flyball.engine.weights.PackedWeights;
import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.matmul.InputFinish;
import dev.flyball.kernels.matmul.MatrixPacker;
import dev.flyball.kernels.matmul.PackedMatrix;
import dev.flyball.kernels.matmul.PackedProduct;
import dev.flyball.kernels.matmul.RowGroups;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/** Products in generated code, with weights that are packed to panels. */
final class GeneratedProducts implements Products, AutoCloseable {
  private final InstructionSet level;
  private final PackedWeights weights;
  private final PackedProduct product;

  /** The matrices of the call under way. */
  private final List<PackedMatrix> matrices = new ArrayList<>();

  GeneratedProducts(
      InstructionSet level, WorkerTeam team, PackedWeights weights, int maxTokens, int maxColumns) {
    this.level = level;
    this.weights = weights;
    product = new PackedProduct(level, team, maxTokens, maxColumns);
  }

  @Override
  public Weight prepare(StoredMatrix stored) {
    return new PanelWeight.Loaded(weights.next(stored));
  }

  /** Alone, as the team may be at work on a step. */
  @Override
  public List<Weight> prepare(List<StoredMatrix> stored, Arena target) {
    List<Weight> packed = new ArrayList<>();
    try (WorkerTeam alone = new WorkerTeam("flyball-packer", 1);
        MatrixPacker packer = new MatrixPacker(level, alone)) {
      for (StoredMatrix matrix : stored) {
        long bytes = PackedMatrix.bytes(matrix.type(), matrix.rows(), matrix.columns());
        packed.add(new PanelWeight.Loaded(packer.pack(matrix, target.allocate(bytes, 64))));
      }
    }
    return packed;
  }

  @Override
  public int tokens() {
    return product.tokens();
  }

  @Override
  public void input(float[] x, int tokens, int columns) {
    weights.complete();
    product.input(x, tokens, columns);
  }

  @Override
  public void input(float[] x, int tokens, int columns, InputFinish finish) {
    weights.complete();
    product.input(x, tokens, columns, finish);
  }

  @Override
  public void multiply(List<Weight> weights, List<float[]> outs) {
    product.multiply(matrices(weights), outs);
  }

  @Override
  public void multiplyFinely(List<Weight> weights, List<float[]> outs) {
    product.multiplyFinely(matrices(weights), outs);
  }

  private List<PackedMatrix> matrices(List<Weight> weights) {
    matrices.clear();
    for (int i = 0; i < weights.size(); i++) {
      matrices.add(((PanelWeight) weights.get(i)).matrix());
    }
    return matrices;
  }

  @Override
  public void input(float[] x, RowGroups groups, int columns) {
    weights.complete();
    product.input(x, groups, columns);
  }

  @Override
  public void input(float[] x, RowGroups groups, int columns, InputFinish finish) {
    weights.complete();
    product.input(x, groups, columns, finish);
  }

  @Override
  public void multiplyGroups(List<Weight> weights, List<float[]> outs) {
    product.multiplyGroups(matrices(weights), outs);
  }

  @Override
  public void close() {
    product.close();
  }
}
