package dev.flyball.kernels.sparse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.kernels.ActivationCurve;
import dev.flyball.kernels.DifferentialTable;
import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.matmul.StoredBlocks;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DifferentialTable.class)
class SparseGatedProductTest {
  private static final long SEED = 77;
  private static final Set<TensorType> QUANTISED =
      EnumSet.complementOf(EnumSet.of(TensorType.F32, TensorType.F16, TensorType.BF16));

  /** Relative to the sum of magnitudes: floats are added in another order. */
  private static final double ORDER = 1e-5;

  @Test
  void productsOfOpenNeuronsAreThoseOfPlainJavaForEveryFormat() {
    for (InstructionSet level : levels()) {
      SplittableRandom random = new SplittableRandom(SEED);
      try (NeuronKernels kernels = new NeuronKernels(level);
          WorkerTeam team = new WorkerTeam("test", 2)) {
        for (TensorType type : QUANTISED) {
          int unit = type.blockElements();
          for (int columns : new int[] {unit, 3 * unit, 1280}) {
            checkUp(kernels, team, stored(type, 40, columns, random), random);
            DifferentialTable.agreed("sparse up", type, level);
          }
        }
      }
    }
  }

  private static void checkUp(
      NeuronKernels kernels, WorkerTeam team, StoredMatrix stored, SplittableRandom random) {
    float[] x = numbers(stored.columns(), random);
    float[] gate = numbers(stored.rows(), random);
    try (Arena arena = Arena.ofShared();
        LaneInput input = new LaneInput()) {
      NeuronRows up = packUp(stored, arena, team);
      ChunkWorker worker = new ChunkWorker(arena, 64);
      assertThat(worker.choose(gate, 0, gate.length, 0.5f)).isTrue();
      input.fill(up, x, 0);
      worker.multiplyUp(up, 0, input, kernels.rowDot(up.format()));
      float[] rounded = rounded(x);
      int k = 0;
      for (int neuron = 0; neuron < stored.rows(); neuron++) {
        if (Math.abs(gate[neuron]) >= 0.5f) {
          float[] row = row(stored, neuron);
          assertNear(worker.products()[k++], terms(row, rounded), stored.type());
        }
      }
    }
  }

  @Test
  void columnsOfOpenNeuronsAddUpAsInPlainJavaForEveryFormat() {
    for (InstructionSet level : levels()) {
      SplittableRandom random = new SplittableRandom(SEED);
      try (NeuronKernels kernels = new NeuronKernels(level);
          WorkerTeam team = new WorkerTeam("test", 2)) {
        for (TensorType type : QUANTISED) {
          for (int rows : new int[] {1, 127, 128, 200, 400}) {
            checkDown(kernels, team, stored(type, rows, 512, random), random);
            DifferentialTable.agreed("sparse down", type, level);
          }
        }
      }
    }
  }

  private static void checkDown(
      NeuronKernels kernels, WorkerTeam team, StoredMatrix stored, SplittableRandom random) {
    try (Arena arena = Arena.ofShared()) {
      NeuronColumns down = packDown(stored, arena, team);
      ChunkWorker worker = new ChunkWorker(arena, 256);
      int first = random.nextBoolean() ? 256 : 0;
      int neurons = 32 * random.nextInt(1, 9);
      float[] hidden = numbers(neurons, random);
      for (int i = 0; i < neurons; i++) {
        hidden[i] = random.nextBoolean() || i / 32 == 1 ? 0 : hidden[i];
      }
      System.arraycopy(hidden, 0, worker.hidden(), 0, neurons);
      MemorySegment sums = arena.allocate(4L * down.paddedRows(), 64);
      worker.addDown(down, first, neurons, sums.address(), kernels.columnSum(down.format()));
      float[] rounded = rounded(hidden);
      for (int row = 0; row < stored.rows(); row++) {
        float[] weights = Arrays.copyOfRange(row(stored, row), first, first + neurons);
        assertNear(
            sums.getAtIndex(ValueLayout.JAVA_FLOAT, row), terms(weights, rounded), stored.type());
      }
    }
  }

  @Test
  void aNetworkIsThatOfItsOpenNeuronsAndTheSameOnAnyTeam() {
    for (InstructionSet level : levels()) {
      SplittableRandom random = new SplittableRandom(SEED);
      for (TensorType type : List.of(TensorType.Q4_0, TensorType.Q8_0, TensorType.Q6_K)) {
        StoredMatrix up = stored(type, 768, 512, random);
        StoredMatrix down = stored(type, 200, 768, random);
        float[] x = numbers(512, random);
        float[] gate = numbers(768, random);
        float[] bias = numbers(768, random);
        for (float threshold : new float[] {0, 0.3f, 100}) {
          float[] one = apply(level, 1, up, down, bias, x, gate, threshold);
          float[] three = apply(level, 3, up, down, bias, x, gate, threshold);
          assertThat(three).isEqualTo(one);
          assertThat(distance(one, plain(up, down, bias, x, gate, threshold)))
              .as("%s on %s above %s, seed %d", type, level, threshold, SEED)
              .isLessThan(0.01);
          DifferentialTable.agreed("sparse network", type, level);
        }
      }
    }
  }

  /** All values, into which a hidden one that is not a number goes, are not numbers. */
  @Test
  void whatIsNotANumberIsNotHidden() {
    for (InstructionSet level : levels()) {
      SplittableRandom random = new SplittableRandom(SEED);
      StoredMatrix up = stored(TensorType.Q4_0, 128, 64, random);
      StoredMatrix down = stored(TensorType.Q4_0, 64, 128, random);
      float[] gate = numbers(128, random);
      gate[77] = Float.NaN;
      float[] x = numbers(64, random);
      for (float value : apply(level, 2, up, down, new float[128], x, gate, 0.5f)) {
        assertThat(value).isNaN();
      }
    }
  }

  private static float[] apply(
      InstructionSet level,
      int threads,
      StoredMatrix up,
      StoredMatrix down,
      float[] bias,
      float[] x,
      float[] gate,
      float threshold) {
    float[] gates = gate.clone();
    float[] out = new float[down.rows()];
    try (Arena arena = Arena.ofShared();
        WorkerTeam team = new WorkerTeam("test", threads);
        SparseGatedProduct product = new SparseGatedProduct(level, team)) {
      SparseMatrices network =
          new SparseMatrices(
              packUp(up, arena, team), Optional.of(bias), packDown(down, arena, team));
      long skipped =
          product.apply(
              network,
              x,
              gates,
              (row, from, to, worker) -> ActivationCurve.SILU.apply(gates, from, to),
              threshold,
              out);
      int below = 0;
      for (float value : gates) {
        below += Math.abs(value) < threshold ? 1 : 0;
      }
      assertThat(skipped).isEqualTo(below);
    }
    return out;
  }

  private static double[] plain(
      StoredMatrix up, StoredMatrix down, float[] bias, float[] x, float[] gate, float threshold) {
    float[] activated = gate.clone();
    ActivationCurve.SILU.apply(activated, 0, activated.length);
    float[] hidden = new float[up.rows()];
    for (int i = 0; i < hidden.length; i++) {
      if (Math.abs(activated[i]) >= threshold) {
        double product = Arrays.stream(terms(row(up, i), rounded(x))).sum() + bias[i];
        hidden[i] = (float) (activated[i] * product);
      }
    }
    double[] out = new double[down.rows()];
    Arrays.setAll(out, row -> Arrays.stream(terms(row(down, row), rounded(hidden))).sum());
    return out;
  }

  /** The distance of two vectors, relative to the longer one's length. */
  private static double distance(float[] a, double[] b) {
    double squares = 0;
    double length = 0;
    for (int i = 0; i < a.length; i++) {
      squares += (a[i] - b[i]) * (a[i] - b[i]);
      length += b[i] * b[i];
    }
    return length == 0 ? Math.sqrt(squares) : Math.sqrt(squares / length);
  }

  private static void assertNear(float actual, double[] terms, TensorType type) {
    double magnitude = Arrays.stream(terms).map(Math::abs).sum();
    assertThat(Math.abs(actual - Arrays.stream(terms).sum()))
        .as("%s, seed %d", type, SEED)
        .isLessThanOrEqualTo(ORDER * magnitude);
  }

  private static double[] terms(float[] a, float[] b) {
    double[] terms = new double[a.length];
    Arrays.setAll(terms, i -> (double) a[i] * b[i]);
    return terms;
  }

  /** To eight bits in blocks of 32 and back. */
  private static float[] rounded(float[] x) {
    float[] rounded = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      int block = i / 32 * 32;
      float largest = 0;
      for (int j = block; j < block + 32; j++) {
        largest = Math.max(largest, Math.abs(x[j]));
      }
      float scale = Math.max(largest / 127, Float.MIN_NORMAL);
      rounded[i] = (float) Math.rint(x[i] * (1 / scale)) * scale;
    }
    return rounded;
  }

  private static float[] row(StoredMatrix matrix, int row) {
    float[] values = new float[matrix.columns()];
    matrix.decode(row, 0, values.length, values, 0);
    return values;
  }

  private static NeuronRows packUp(StoredMatrix stored, Arena arena, WorkerTeam team) {
    long bytes = NeuronRows.bytes(stored.type(), stored.rows(), stored.columns());
    return NeuronRows.pack(stored, arena.allocate(bytes, 64), team);
  }

  private static NeuronColumns packDown(StoredMatrix stored, Arena arena, WorkerTeam team) {
    long bytes = NeuronColumns.bytes(stored.type(), stored.rows(), stored.columns());
    return NeuronColumns.pack(stored, arena.allocate(bytes, 64), team);
  }

  private static StoredMatrix stored(
      TensorType type, int rows, int columns, SplittableRandom random) {
    byte[] bytes = StoredBlocks.random(type, rows * columns, random);
    MemorySegment data = MemorySegment.ofArray(bytes);
    return new StoredMatrix(type, data, rows, columns);
  }

  private static float[] numbers(int count, SplittableRandom random) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = random.nextInt(40) == 0 ? 0 : (float) random.nextGaussian();
    }
    return numbers;
  }

  private static List<InstructionSet> levels() {
    List<InstructionSet> levels = InstructionSet.supported();
    Assumptions.assumeFalse(levels.isEmpty(), "this machine runs no generated code");
    return levels;
  }
}
