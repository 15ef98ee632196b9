package dev.flyball.engine.model;

import dev.flyball.engine.cache.KvStorage;
import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.elementwise.SwiGluKernel;
import dev.flyball.kernels.matmul.PackedMatrix;
import dev.flyball.kernels.matmul.PackedProduct;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Generated code on weights that are packed at load. */
final class GeneratedArithmetic implements Arithmetic {
  private final InstructionSet level;
  private final WorkerTeam team;
  private final PackedProduct product;
  private final SwiGluKernel gating;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment[] gatingParameters;
  private final List<TiledAttention> attentions = new ArrayList<>();

  GeneratedArithmetic(InstructionSet level, WorkerTeam team, int maxTokens, int maxColumns) {
    this.level = level;
    this.team = team;
    product = new PackedProduct(level, team, maxTokens, maxColumns);
    gating = new SwiGluKernel(level);
    gatingParameters = new MemorySegment[team.size()];
    for (int i = 0; i < gatingParameters.length; i++) {
      gatingParameters[i] =
          arena.allocate(SwiGluKernel.PARAMETER_BYTES, ValueLayout.JAVA_LONG.byteAlignment());
    }
  }

  private record PackedWeight(PackedMatrix matrix) implements Weight {
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
    return new PackedWeight(PackedMatrix.pack(stored, arena, team));
  }

  @Override
  public void input(float[] x, int tokens, int columns) {
    product.input(x, tokens, columns);
  }

  @Override
  public void multiply(List<Weight> weights, List<float[]> outs) {
    List<PackedMatrix> matrices = new ArrayList<>(weights.size());
    for (Weight weight : weights) {
      matrices.add(((PackedWeight) weight).matrix());
    }
    product.multiply(matrices, outs);
  }

  @Override
  public int tokens() {
    return product.tokens();
  }

  @Override
  public void gate(float[] gate, float[] up, int from, int end, int worker) {
    gating.apply(gate, up, from, end, gatingParameters[worker]);
  }

  @Override
  public CachedAttention attention(
      AttentionShape shape, KvStorage storage, float scale, Step step) {
    TiledAttention attention = new TiledAttention(shape, storage, scale, level, step);
    attentions.add(attention);
    return attention;
  }

  @Override
  public void close() {
    attentions.forEach(TiledAttention::close);
    gating.close();
    product.close();
    arena.close();
  }
}
