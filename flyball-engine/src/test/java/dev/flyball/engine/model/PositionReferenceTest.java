package dev.flyball.engine.model;

import static dev.flyball.engine.model.SlowModel.ALL;
import static dev.flyball.engine.model.SlowModel.COLUMNS;
import static dev.flyball.engine.model.SlowModel.HIDDEN;
import static dev.flyball.engine.model.SlowModel.KEYS;
import static dev.flyball.engine.model.SlowModel.QUERIES;
import static dev.flyball.engine.model.SlowModel.attend;
import static dev.flyball.engine.model.SlowModel.plus;
import static dev.flyball.engine.model.SlowModel.rope;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds how positions of long texts are encoded to what was published; see {@link FamilyCheck}. */
class PositionReferenceTest {
  @TempDir private Path folder;

  @Test
  void mistral3GrowsQueriesWithTheirPosition() {
    double growth = 0.3;
    int original = 20;
    Map<String, Object> keys =
        Map.of(
            "block_count", 2,
            "attention.temperature_scale", growth,
            "rope.scaling.original_context_length", original);
    new FamilyCheck(folder)
        .check(
            "mistral3",
            keys,
            (model, embedded) ->
                model.layers(
                    2,
                    embedded,
                    (p, _, x) -> {
                      double[][] normed = model.rms(p + "attn_norm", x);
                      double[][] q = rope(model.queries(p, normed), false);
                      for (int t = 0; t < q.length; t++) {
                        double factor =
                            1 + growth * Math.log(1 + Math.floor(t / (double) original));
                        q[t] = Arrays.stream(q[t]).map(v -> v * factor).toArray();
                      }
                      double[][] attended =
                          attend(
                              q, rope(model.keys(p, normed), false), model.values(p, normed), ALL);
                      return model.addFed(p, plus(x, model.attentionOutput(p, attended)));
                    }));
  }

  @Test
  void longRopeFollowsTheContextThatAModelIsRunWith() {
    Map<String, Object> keys =
        Map.of(
            "block_count", 2,
            "rope.scaling.original_context_length", 128,
            "rope.scaling.attn_factor", 1.25);
    for (int context : new int[] {128, 129}) {
      new FamilyCheck(folder)
          .check(
              "phi3", keys, context, logit -> logit, (model, x) -> phi3(model, x, context > 128));
    }
  }

  private static double[][] phi3(SlowModel model, double[][] embedded, boolean isLong) {
    float[] longFactors = model.vector("rope_factors_long.weight", SlowModel.HEAD / 2);
    float[] shortFactors = model.vector("rope_factors_short.weight", SlowModel.HEAD / 2);
    double[] radians = SlowModel.radians();
    for (int pair = 0; pair < radians.length; pair++) {
      radians[pair] /= isLong ? longFactors[pair] : shortFactors[pair];
    }
    return model.layers(
        2,
        embedded,
        (p, _, x) -> {
          double[][] normed = model.rms(p + "attn_norm", x);
          double[][] fused = model.linear(p + "attn_qkv", normed, QUERIES + 2 * KEYS);
          double[][] attended =
              attend(
                  rope(part(fused, 0, QUERIES), true, radians, 1.25),
                  rope(part(fused, QUERIES, KEYS), true, radians, 1.25),
                  part(fused, QUERIES + KEYS, KEYS),
                  ALL);
          double[][] z = plus(x, model.attentionOutput(p, attended));
          double[][] both = model.linear(p + "ffn_up", model.rms(p + "ffn_norm", z), 2 * HIDDEN);
          double[][] gated = SlowModel.gate(part(both, 0, HIDDEN), part(both, HIDDEN, HIDDEN));
          return plus(z, model.linear(p + "ffn_down", gated, COLUMNS));
        });
  }

  private static double[][] part(double[][] x, int from, int length) {
    return SlowModel.each(x, row -> Arrays.copyOfRange(row, from, from + length));
  }

  @Test
  void yarnsMagnitudeIsDividedByThatOfItsMultiplier() {
    RopeScaling.Yarn yarn = new RopeScaling.Yarn(16, 16_384, 1, 1, 32, 1);
    assertThat(yarn.magnitude()).isCloseTo(1.2772589, within(1e-7));
    assertThat(yarn.dividedBy(RopeScaling.Yarn.magnitude(16, 1)).magnitude())
        .isCloseTo(1, within(1e-12));
    assertThat(yarn.dividedBy(RopeScaling.Yarn.magnitude(16, 0.5)).magnitude())
        .isCloseTo(1.2772589 / 1.1386294, within(1e-7));
  }
}
