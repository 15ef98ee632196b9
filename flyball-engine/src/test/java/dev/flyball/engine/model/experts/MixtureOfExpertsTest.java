package dev.flyball.engine.model.experts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.engine.cache.KvShape;
import dev.flyball.engine.cache.KvStorage;
import dev.flyball.engine.model.Assembly;
import dev.flyball.engine.model.FeedForward;
import dev.flyball.engine.model.FeedForwardSpec;
import dev.flyball.engine.model.Linear;
import dev.flyball.engine.model.Mixer;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.engine.model.Step;
import dev.flyball.engine.model.arithmetic.Activation;
import dev.flyball.kernels.ActivationCurve;
import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds the mixture against its formula in double precision, one token and one expert at a time.
 */
class MixtureOfExpertsTest {
  private static final long SEED = 11;
  private static final int COLUMNS = 64;
  private static final int HIDDEN = 40;
  private static final int MAX_TOKENS = 12;

  /**
   * Weights in floats; {@code gates} is empty where there are none, biases where there are none.
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Experts(
      int count,
      float[] router,
      float[][] gates,
      float[][] ups,
      float[][] downs,
      float[][] biases) {}

  /** Plain Java, and every level that this machine can run. */
  static Stream<Optional<InstructionSet>> levels() {
    return Stream.concat(
        Stream.of(Optional.empty()), InstructionSet.supported().stream().map(Optional::of));
  }

  @ParameterizedTest
  @MethodSource("levels")
  void sumsAreThoseOfTheFormulaForAnyTokensAndExperts(Optional<InstructionSet> level) {
    SplittableRandom random = new SplittableRandom(SEED);
    try (Step step = step(level)) {
      for (int count : new int[] {1, 2, 3, 8, 20}) {
        for (int used = 1; used <= count; used += random.nextInt(1, 4)) {
          Experts experts = experts(count, random.nextInt(3) > 0, random.nextBoolean(), random);
          boolean weighsInput = random.nextInt(4) == 0;
          boolean scaled = random.nextBoolean();
          MixtureSpec spec = spec(experts, used, weighsInput, scaled);
          Mixer mixture = spec.assemble(new Assembly(step, shape()));
          for (int tokens : new int[] {1, 2, 5, MAX_TOKENS}) {
            check(step, mixture, spec, experts, tokens, random);
          }
        }
      }
    }
  }

  /** What nobody chose may hold anything: it is not looked at. */
  @ParameterizedTest
  @MethodSource("levels")
  void expertsThatNobodyChoseAreNotComputed(Optional<InstructionSet> level) {
    SplittableRandom random = new SplittableRandom(SEED);
    Experts experts = experts(8, true, false, random);
    float[] x = numbers(3 * COLUMNS, 1, random);
    for (int i = 0; i < x.length; i++) {
      x[i] = Math.abs(x[i]);
    }
    for (int expert = 0; expert < 8; expert++) {
      boolean liked = expert == 2 || expert == 5;
      int from = expert * COLUMNS;
      Arrays.fill(experts.router(), from, from + COLUMNS, liked ? 1 : -1);
      if (!liked) {
        Arrays.fill(experts.gates()[expert], Float.NaN);
      }
    }
    MixtureSpec spec = spec(experts, 2, false, false);
    try (Step step = step(level)) {
      FeedForward mixture = (FeedForward) spec.assemble(new Assembly(step, shape()));
      float[] sums = new float[x.length];
      mixture.apply(step, x, 3, sums);
      for (float sum : sums) {
        assertThat(sum).isFinite();
      }
    }
  }

  private static Step step(Optional<InstructionSet> level) {
    Precision precision = level.isPresent() ? Precision.FAST : Precision.EXACT;
    return new Step(new ModelOptions(2, MAX_TOKENS, precision, level), COLUMNS);
  }

  private static KvShape shape() {
    return new KvShape(1, 1, 32, 32, KvStorage.HEAP_F32);
  }

  private static void check(
      Step step,
      Mixer mixture,
      MixtureSpec spec,
      Experts experts,
      int tokens,
      SplittableRandom random) {
    float[] x = numbers(tokens * COLUMNS, 1, random);
    float[] actual = new float[x.length];
    Arrays.fill(actual, 99);
    ((FeedForward) mixture).apply(step, x, tokens, actual);
    for (int token = 0; token < tokens; token++) {
      float[] row = Arrays.copyOfRange(x, token * COLUMNS, (token + 1) * COLUMNS);
      double[] expected = mixtureOf(spec, experts, row);
      for (int i = 0; i < COLUMNS; i++) {
        assertThat((double) actual[token * COLUMNS + i])
            .as(
                "%d of %d experts, token %d of %d",
                spec.routing().used(), experts.count(), token, tokens)
            .isCloseTo(expected[i], within(1e-4 * (1 + Math.abs(expected[i]))));
      }
    }
  }

  // ---- the formula

  private static double[] mixtureOf(MixtureSpec spec, Experts experts, float[] x) {
    double[] scores = times(experts.router(), toDoubles(x));
    float[] weights = new float[scores.length];
    for (int i = 0; i < scores.length; i++) {
      weights[i] = (float) scores[i];
    }
    new ExpertRouter(spec.routing()).route(weights, 0);
    double[] sum = new double[COLUMNS];
    for (int expert = 0; expert < experts.count(); expert++) {
      float scale = spec.expertScales().isPresent() ? spec.expertScales().get()[expert] : 1;
      double weight = weights[expert] * scale;
      if (weight == 0) {
        continue;
      }
      double[] in = toDoubles(x);
      if (spec.weighsInput()) {
        Arrays.setAll(in, i -> in[i] * weight);
      }
      double[] out = network(experts, expert, in);
      for (int i = 0; i < COLUMNS; i++) {
        sum[i] += spec.weighsInput() ? out[i] : weight * out[i];
      }
    }
    return sum;
  }

  private static double[] network(Experts experts, int expert, double[] x) {
    double[] up = times(experts.ups()[expert], x);
    boolean biased = experts.biases().length > 0;
    for (int i = 0; i < HIDDEN; i++) {
      up[i] += biased ? experts.biases()[expert][i] : 0;
    }
    if (experts.gates().length > 0) {
      double[] gate = times(experts.gates()[expert], x);
      Arrays.setAll(up, i -> ActivationCurve.SILU.of(gate[i]) * up[i]);
    } else {
      Arrays.setAll(up, i -> ActivationCurve.SILU.of(up[i]));
    }
    return times(experts.downs()[expert], up);
  }

  private static double[] times(float[] matrix, double[] x) {
    double[] out = new double[matrix.length / x.length];
    for (int row = 0; row < out.length; row++) {
      for (int i = 0; i < x.length; i++) {
        out[row] += matrix[row * x.length + i] * x[i];
      }
    }
    return out;
  }

  private static double[] toDoubles(float[] x) {
    double[] doubles = new double[x.length];
    Arrays.setAll(doubles, i -> x[i]);
    return doubles;
  }

  // ---- what is tested

  private static Experts experts(
      int count, boolean gated, boolean biased, SplittableRandom random) {
    return new Experts(
        count,
        matrix(count * COLUMNS, random),
        gated ? matrices(count, HIDDEN * COLUMNS, random) : new float[0][],
        matrices(count, HIDDEN * COLUMNS, random),
        matrices(count, COLUMNS * HIDDEN, random),
        biased ? matrices(count, HIDDEN, random) : new float[0][]);
  }

  private static float[][] matrices(int count, int values, SplittableRandom random) {
    float[][] matrices = new float[count][];
    Arrays.setAll(matrices, _ -> matrix(values, random));
    return matrices;
  }

  private static float[] matrix(int values, SplittableRandom random) {
    return numbers(values, 0.2f, random);
  }

  private static float[] numbers(int count, float size, SplittableRandom random) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = size * (float) random.nextGaussian();
    }
    return numbers;
  }

  private static MixtureSpec spec(Experts experts, int used, boolean weighsInput, boolean scaled) {
    List<FeedForwardSpec> specs = new ArrayList<>();
    for (int i = 0; i < experts.count(); i++) {
      Optional<float[]> bias =
          experts.biases().length > 0 ? Optional.of(experts.biases()[i]) : Optional.empty();
      specs.add(
          new FeedForwardSpec(
              experts.gates().length > 0
                  ? Optional.of(linear(experts.gates()[i], HIDDEN, COLUMNS, Optional.empty()))
                  : Optional.empty(),
              linear(experts.ups()[i], HIDDEN, COLUMNS, bias),
              linear(experts.downs()[i], COLUMNS, HIDDEN, Optional.empty()),
              Activation.SILU));
    }
    float[] scales = new float[experts.count()];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = 0.5f + i;
    }
    return new MixtureSpec(
        new ExpertRouting(
            experts.count(), used, ExpertRouting.Weighing.SOFTMAX, true, 1, Optional.empty(), 1, 1),
        linear(experts.router(), experts.count(), COLUMNS, Optional.empty()),
        specs,
        Optional.empty(),
        Optional.empty(),
        scaled ? Optional.of(scales) : Optional.empty(),
        weighsInput);
  }

  private static Linear.Tensors linear(
      float[] values, int rows, int columns, Optional<float[]> bias) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    MemorySegment data = MemorySegment.ofArray(bytes.array());
    return new Linear.Tensors(new StoredMatrix(TensorType.F32, data, rows, columns), bias);
  }
}
