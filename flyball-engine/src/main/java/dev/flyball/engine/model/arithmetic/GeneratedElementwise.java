package dev.flyball.engine.model.arithmetic;

import dev.flyball.kernels.elementwise.ActivationKernel;
import dev.flyball.kernels.elementwise.NormKernel;
import dev.flyball.kernels.elementwise.RotationKernel;
import dev.flyball.kernels.elementwise.WeightedRowsKernel;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Element-wise operations in generated code; norms of odd lengths in plain Java. */
final class GeneratedElementwise implements Elementwise, AutoCloseable {
  private final InstructionSet level;
  private final Arena arena;
  private final MemorySegment[] parameters;
  private final Map<Activation, ActivationKernel> activations = new EnumMap<>(Activation.class);
  private final NormKernel norms;
  private final NormKernel layerNorms;
  private final WeightedRowsKernel weightedRows;
  private final List<RotationKernel> rotations = new ArrayList<>();

  /**
   * @param arena of weights
   * @param parameters scratch of each worker
   */
  GeneratedElementwise(InstructionSet level, Arena arena, MemorySegment[] parameters) {
    this.level = level;
    this.arena = arena;
    this.parameters = parameters;
    for (Activation activation : Activation.values()) {
      activations.put(activation, new ActivationKernel(level, activation.curve()));
    }
    norms = NormKernel.rms(level);
    layerNorms = NormKernel.layer(level);
    weightedRows = new WeightedRowsKernel(level);
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
  public void activate(Activation activation, float[] x, int from, int end, int worker) {
    kernel(activation).apply(x, from, end, parameters[worker]);
  }

  private ActivationKernel kernel(Activation activation) {
    return Objects.requireNonNull(activations.get(activation));
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
  public void close() {
    rotations.forEach(RotationKernel::close);
    activations.values().forEach(ActivationKernel::close);
    norms.close();
    layerNorms.close();
    weightedRows.close();
  }
}
