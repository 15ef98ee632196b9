package dev.flyball.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.engine.evaluate.LogitProbe;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.kernels.simd.InstructionSet;
import dev.flyball.units.TokenIds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;

/**
 * Holds a family to its published definition, computed slowly: tiny random models, whole prompts,
 * in chunks and token by token, in plain Java and generated code.
 *
 * @param folder where models are written
 */
record FamilyCheck(Path folder) {
  static final long SEED = 20_261_121;
  static final int TOKENS = 75;
  static final int WINDOW = 18;

  /** In units of the logits' root mean square. */
  private static final double TOLERANCE = 1e-4;

  /** A forward pass over embedded tokens to the normed rows before the output matrix. */
  interface Definition {
    double[][] apply(SlowModel model, double[][] x);
  }

  void check(String architecture, Map<String, Object> more, Definition definition) {
    check(architecture, more, logit -> logit, definition);
  }

  /**
   * @param rule what becomes of logits
   */
  void check(
      String architecture,
      Map<String, Object> more,
      DoubleUnaryOperator rule,
      Definition definition) {
    check(architecture, more, 0, rule, definition);
  }

  /**
   * @param context that the model is run with; 0: its own
   */
  void check(
      String architecture,
      Map<String, Object> more,
      int context,
      DoubleUnaryOperator rule,
      Definition definition) {
    int[] ids = new Random(SEED).ints(TOKENS, 0, SlowModel.VOCABULARY).toArray();
    SlowModel slow = new SlowModel(SEED);
    double[][] rows = definition.apply(slow, slow.embed(ids));
    double[] expected = Arrays.stream(slow.logits(rows)).map(rule).toArray();
    Path file =
        new TinyModel(architecture, keys(more), slow.tensors()).write(folder.resolve("tiny.gguf"));
    for (ModelOptions options : arithmetics()) {
      try (LogitProbe probe = LogitProbe.open(file, options.withContextLength(context))) {
        for (int chunk : new int[] {TOKENS, 7, 1}) {
          String what = architecture + " by " + chunk + " " + options;
          assertClose(probe.logits(TokenIds.of(ids), chunk), expected, what);
        }
      }
    }
  }

  /** The keys of a {@link SlowModel}, and more. */
  static Map<String, Object> keys(Map<String, Object> more) {
    Map<String, Object> keys = new HashMap<>();
    keys.put("context_length", 256);
    keys.put("embedding_length", SlowModel.COLUMNS);
    keys.put("feed_forward_length", SlowModel.HIDDEN);
    keys.put("attention.head_count", SlowModel.HEADS);
    keys.put("attention.head_count_kv", SlowModel.KV_HEADS);
    keys.put("attention.key_length", SlowModel.HEAD);
    keys.put("attention.value_length", SlowModel.HEAD);
    keys.put("attention.layer_norm_rms_epsilon", SlowModel.EPSILON);
    keys.put("attention.layer_norm_epsilon", SlowModel.EPSILON);
    keys.putAll(more);
    return keys;
  }

  static List<ModelOptions> arithmetics() {
    List<ModelOptions> all = new ArrayList<>();
    all.add(new ModelOptions(2, TOKENS));
    for (InstructionSet level : InstructionSet.supported()) {
      all.add(new ModelOptions(2, TOKENS, Precision.FAST, Optional.of(level)));
    }
    return all;
  }

  static void assertClose(float[] actual, double[] expected, String what) {
    double spread = Math.sqrt(Arrays.stream(expected).map(v -> v * v).average().orElseThrow());
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i]).as(what).isCloseTo(expected[i], within(TOLERANCE * spread));
    }
  }
}
