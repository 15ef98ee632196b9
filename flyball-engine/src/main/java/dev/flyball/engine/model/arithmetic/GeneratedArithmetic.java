package dev.flyball.engine.model.arithmetic;

import dev.flyball.engine.weights.ExpertStore;
import dev.flyball.engine.weights.PackedWeights;
import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.elementwise.ActivationKernel;
import dev.flyball.kernels.elementwise.ConvolutionKernel;
import dev.flyball.kernels.elementwise.NormKernel;
import dev.flyball.kernels.elementwise.RotationKernel;
import dev.flyball.kernels.elementwise.WeightedRowsKernel;
import dev.flyball.kernels.recurrence.ScanKernel;
import dev.flyball.kernels.simd.InstructionSet;
import dev.flyball.kernels.sparse.SparseGatedProduct;
import dev.flyball.kernels.sparse.SparseMatrices;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.stream.LongStream;

/** Generated code on weights that are packed at load. */
final class GeneratedArithmetic implements Arithmetic {
  private static final long PARAMETER_BYTES =
      LongStream.of(
              ActivationKernel.PARAMETER_BYTES,
              NormKernel.PARAMETER_BYTES,
              WeightedRowsKernel.PARAMETER_BYTES,
              ScanKernel.PARAMETER_BYTES,
              ConvolutionKernel.PARAMETER_BYTES,
              RotationKernel.PARAMETER_BYTES)
          .max()
          .orElseThrow();

  private final WorkerTeam team;
  private final PackedWeights weights;

  /** The experts that are not among the weights. */
  private final Optional<ExpertStore> experts;

  private final Arena arena = Arena.ofShared();
  private final GeneratedProducts products;
  private final GeneratedElementwise elementwise;
  private final GeneratedScans scans;
  private final SparseGatedProduct sparseProduct;

  /**
   * @param weights closed with this arithmetic
   * @param experts where experts are, closed likewise; nothing: among the weights
   */
  GeneratedArithmetic(
      InstructionSet level,
      WorkerTeam team,
      PackedWeights weights,
      Optional<ExpertStore> experts,
      int maxTokens,
      int maxColumns) {
    this.team = team;
    this.weights = weights;
    this.experts = experts;
    MemorySegment[] parameters = new MemorySegment[team.size()];
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] = arena.allocate(PARAMETER_BYTES, 64);
    }
    products = new GeneratedProducts(level, team, weights, maxTokens, maxColumns);
    elementwise = new GeneratedElementwise(level, arena, parameters);
    scans = new GeneratedScans(level, arena, parameters);
    sparseProduct = new SparseGatedProduct(level, team);
  }

  @Override
  public Products products() {
    return products;
  }

  @Override
  public ExpertWeights experts() {
    return experts
        .<ExpertWeights>map(PanelWeight.StoredExperts::new)
        .orElseGet(() -> new ExpertWeights.Loaded(products));
  }

  @Override
  public Elementwise elementwise() {
    return elementwise;
  }

  @Override
  public Scans scans() {
    return scans;
  }

  @Override
  public Optional<SparseNetwork> sparse(
      StoredMatrix up, Optional<float[]> upBias, StoredMatrix down) {
    if (!SparseMatrices.takes(up, down)) {
      return Optional.empty();
    }
    SparseMatrices matrices = SparseMatrices.pack(up, upBias, down, weights::take, team);
    return Optional.of(
        (x, gate, activate, threshold, out) ->
            sparseProduct.apply(matrices, x, gate, activate, threshold, out));
  }

  @Override
  public void close() {
    scans.close();
    elementwise.close();
    products.close();
    sparseProduct.close();
    weights.close();
    experts.ifPresent(ExpertStore::close);
    arena.close();
  }
}
