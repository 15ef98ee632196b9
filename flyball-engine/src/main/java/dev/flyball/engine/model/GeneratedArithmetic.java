package dev.flyball.engine.model;

import dev.flyball.engine.cache.KvShape;
import dev.flyball.engine.weights.ExpertCounters;
import dev.flyball.engine.weights.ExpertStore;
import dev.flyball.engine.weights.PackedWeights;
import dev.flyball.kernels.ChannelConvolution;
import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.elementwise.ActivationKernel;
import dev.flyball.kernels.elementwise.ConvolutionKernel;
import dev.flyball.kernels.elementwise.NormKernel;
import dev.flyball.kernels.elementwise.RotationKernel;
import dev.flyball.kernels.elementwise.WeightedRowsKernel;
import dev.flyball.kernels.matmul.InputFinish;
import dev.flyball.kernels.matmul.MatrixPacker;
import dev.flyball.kernels.matmul.PackedMatrix;
import dev.flyball.kernels.matmul.PackedProduct;
import dev.flyball.kernels.matmul.RowGroups;
import dev.flyball.kernels.recurrence.ScanKernel;
import dev.flyball.kernels.simd.InstructionSet;
import dev.flyball.kernels.sparse.SparseGatedProduct;
import dev.flyball.kernels.sparse.SparseMatrices;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

  private final InstructionSet level;
  private final WorkerTeam team;
  private final PackedProduct product;
  private final SparseGatedProduct sparseProduct;

  private final Map<Activation, ActivationKernel> activations = new EnumMap<>(Activation.class);

  private final NormKernel norms;
  private final NormKernel layerNorms;
  private final WeightedRowsKernel weightedRows;
  private final PackedWeights weights;

  /** The experts that are not among the weights. */
  private final Optional<ExpertStore> experts;

  private final Arena arena = Arena.ofShared();

  /** Scratch of each worker for the parameters of element-wise kernels. */
  private final MemorySegment[] parameters;

  private final List<TiledAttention> attentions = new ArrayList<>();
  private final List<RotationKernel> rotations = new ArrayList<>();
  private final GeneratedScans scans;

  /** The matrices of the call under way. */
  private final List<PackedMatrix> matrices = new ArrayList<>();

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
    this.level = level;
    this.team = team;
    product = new PackedProduct(level, team, maxTokens, maxColumns);
    sparseProduct = new SparseGatedProduct(level, team);
    for (Activation activation : Activation.values()) {
      activations.put(activation, new ActivationKernel(level, activation.curve()));
    }
    norms = NormKernel.rms(level);
    layerNorms = NormKernel.layer(level);
    weightedRows = new WeightedRowsKernel(level);
    this.weights = weights;
    this.experts = experts;
    parameters = new MemorySegment[team.size()];
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] = arena.allocate(PARAMETER_BYTES, 64);
    }
    scans = new GeneratedScans(level, arena, parameters);
  }

  /** A weight of panels. */
  private sealed interface Panelled extends Weight {
    PackedMatrix matrix();
  }

  private record PackedWeight(PackedMatrix matrix) implements Panelled {
    @Override
    public int rows() {
      return matrix.rows();
    }

    @Override
    public int columns() {
      return matrix.columns();
    }
  }

  private record ExpertWeight(ExpertStore.Matrix stored) implements Panelled {
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

  @Override
  public Weight prepare(StoredMatrix stored) {
    return new PackedWeight(weights.next(stored));
  }

  @Override
  public List<Weight> prepareExpert(List<StoredMatrix> stored) {
    return experts
        .map(store -> store.add(stored).stream().<Weight>map(ExpertWeight::new).toList())
        .orElseGet(() -> Arithmetic.super.prepareExpert(stored));
  }

  @Override
  public void expect(Weight ofExpert) {
    if (ofExpert instanceof ExpertWeight(ExpertStore.Matrix matrix)) {
      matrix.expect();
    }
  }

  @Override
  public int expertsTogether() {
    return experts.isPresent() ? experts.get().together() : Integer.MAX_VALUE;
  }

  @Override
  public Optional<ExpertCounters> experts() {
    return experts.map(ExpertStore::counters);
  }

  /** Alone, as the team may be at work on a step. */
  @Override
  public List<Weight> prepare(List<StoredMatrix> stored, Arena target) {
    List<Weight> packed = new ArrayList<>();
    try (WorkerTeam alone = new WorkerTeam("flyball-packer", 1);
        MatrixPacker packer = new MatrixPacker(level, alone)) {
      for (StoredMatrix matrix : stored) {
        long bytes = PackedMatrix.bytes(matrix.type(), matrix.rows(), matrix.columns());
        packed.add(new PackedWeight(packer.pack(matrix, target.allocate(bytes, 64))));
      }
    }
    return packed;
  }

  @Override
  public Norm norm(NormSpec spec) {
    return switch (spec) {
      case NormSpec.Rms rms when norms.takes(rms.length()) -> new GeneratedNorm(rms);
      case NormSpec.Layer layer when layerNorms.takes(layer.length()) -> new GeneratedNorm(layer);
      case NormSpec.Rms rms -> new ExactNorm(rms);
      case NormSpec.Layer layer -> new ExactNorm(layer);
    };
  }

  private final class GeneratedNorm implements Norm {
    private final NormKernel kernel;
    private final NormKernel.Learnt learnt;
    private final int length;

    GeneratedNorm(NormSpec.Rms spec) {
      kernel = norms;
      length = spec.length();
      learnt = learnt(spec.weight(), new float[0], spec.epsilon());
    }

    GeneratedNorm(NormSpec.Layer spec) {
      kernel = layerNorms;
      length = spec.length();
      learnt = learnt(spec.weight(), spec.bias().orElse(new float[length]), spec.epsilon());
    }

    private NormKernel.Learnt learnt(float[] weight, float[] bias, double epsilon) {
      return new NormKernel.Learnt(
          arena.allocateFrom(ValueLayout.JAVA_FLOAT, weight),
          arena.allocateFrom(ValueLayout.JAVA_FLOAT, bias),
          (float) epsilon);
    }

    @Override
    public int length() {
      return length;
    }

    @Override
    public void apply(float[] x, int row, float[] out, int worker) {
      kernel.apply(x, row * length, learnt, out, parameters[worker]);
    }

    @Override
    public void addAndApply(float[] x, float[] delta, int row, float[] out, int worker) {
      kernel.addAndApply(x, delta, row * length, learnt, out, parameters[worker]);
    }
  }

  @Override
  public Convolution convolution(ConvolutionSpec spec, ChannelConvolution.Finish finish) {
    return scans.convolution(spec, finish);
  }

  @Override
  public HeadScan deltaRule(int keyLength, int valueLength, float epsilon) {
    return scans.deltaRule(keyLength, valueLength, epsilon);
  }

  @Override
  public HeadScan stateSpace(int stateLength, int headLength) {
    return scans.stateSpace(stateLength, headLength);
  }

  @Override
  public Rotation rotation(RopePairs pairing, int pairs) {
    RotationKernel.Pairing values =
        switch (pairing) {
          case ADJACENT -> RotationKernel.Pairing.ADJACENT;
          case HALVES -> RotationKernel.Pairing.HALVES;
        };
    RotationKernel kernel = new RotationKernel(level, values, pairs);
    rotations.add(kernel);
    return (x, offset, heads, headLength, cosines, sines, angles, worker) ->
        kernel.apply(x, offset, heads, headLength, cosines, sines, angles, parameters[worker]);
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
      matrices.add(((Panelled) weights.get(i)).matrix());
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
    weightedRows.add(rows, places, weights, first, end, sums, to, length, parameters[worker]);
  }

  @Override
  public int tokens() {
    return product.tokens();
  }

  @Override
  public void gate(Activation activation, float[] gate, float[] up, int from, int end, int worker) {
    kernel(activation).gate(gate, up, from, end, parameters[worker]);
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
    kernel(activation).gateAbove(gate, up, threshold, from, end, parameters[worker]);
  }

  @Override
  public Optional<Arithmetic.SparseNetwork> sparse(Linear.Tensors up, Linear.Tensors down) {
    if (!SparseMatrices.takes(up.weight(), down.weight())) {
      return Optional.empty();
    }
    SparseMatrices matrices =
        SparseMatrices.pack(up.weight(), up.bias(), down.weight(), weights::take, team);
    return Optional.of(
        (x, gate, activate, threshold, out) ->
            sparseProduct.apply(matrices, x, gate, activate, threshold, out));
  }

  @Override
  public void activate(Activation activation, float[] x, int from, int end, int worker) {
    kernel(activation).apply(x, from, end, parameters[worker]);
  }

  private ActivationKernel kernel(Activation activation) {
    return Objects.requireNonNull(activations.get(activation));
  }

  @Override
  public CachedAttention attention(
      AttentionShape shape, KvShape cache, ScoreRule scores, Step step) {
    TiledAttention attention = new TiledAttention(shape, cache, scores, level, step);
    attentions.add(attention);
    return attention;
  }

  @Override
  public void close() {
    attentions.forEach(TiledAttention::close);
    rotations.forEach(RotationKernel::close);
    scans.close();
    activations.values().forEach(ActivationKernel::close);
    norms.close();
    layerNorms.close();
    weightedRows.close();
    product.close();
    sparseProduct.close();
    weights.close();
    experts.ifPresent(ExpertStore::close);
    arena.close();
  }
}
