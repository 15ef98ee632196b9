package dev.flyball.engine.model;

import static dev.flyball.engine.model.SlowModel.ALL;
import static dev.flyball.engine.model.SlowModel.plus;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds families that have Mamba-2 in place of attention, or beside it, to their published
 * definitions; see {@link FamilyCheck}.
 */
class MambaReferenceTest {
  @TempDir private Path folder;

  @Test
  void graniteLeavesPositionsOutWhereItsFileSaysSo() {
    new FamilyCheck(folder)
        .check(
            "granite",
            Map.of("block_count", 2, "rope.scaling.finetuned", false, "logit_scale", 4.0),
            logit -> logit / 4,
            (model, embedded) ->
                model.layers(
                    2,
                    embedded,
                    (p, _, x) -> {
                      double[][] normed = model.rms(p + "attn_norm", x);
                      return model.addFed(
                          p, plus(x, model.attention(p, normed, Optional.empty(), ALL)));
                    }));
  }

  @Test
  void graniteHybridHasMambaWhereThereAreNoKeys() {
    Map<String, Object> keys = new HashMap<>(SlowMamba2.KEYS);
    keys.put("block_count", 3);
    keys.put("attention.head_count_kv", new int[] {0, SlowModel.KV_HEADS, 0});
    keys.put("rope.scaling.finetuned", false);
    keys.put("residual_scale", 0.5);
    new FamilyCheck(folder)
        .check(
            "granitehybrid",
            keys,
            (model, embedded) ->
                model.layers(
                    3,
                    embedded,
                    (p, i, x) -> {
                      double[][] normed = model.rms(p + "attn_norm", x);
                      double[][] mixed =
                          i == 1
                              ? model.attention(p, normed, Optional.empty(), ALL)
                              : new SlowMamba2(model, p).apply(normed, true);
                      double[][] z = plus(x, half(mixed));
                      return plus(z, half(model.swiGlu(p, model.rms(p + "ffn_norm", z))));
                    }));
  }

  private static double[][] half(double[][] x) {
    return SlowModel.eachValue(x, v -> v / 2);
  }

  @Test
  void falconH1RunsAttentionAndMambaInParallel() {
    Map<String, Object> keys = new HashMap<>(SlowMamba2.KEYS);
    keys.put("block_count", 2);
    new FamilyCheck(folder)
        .check(
            "falcon-h1",
            keys,
            (model, embedded) ->
                model.layers(
                    2,
                    embedded,
                    (p, i, x) -> {
                      double[][] normed = model.rms(p + "attn_norm", x);
                      double[][] z =
                          SlowModel.sum(
                              List.of(
                                  x,
                                  model.attention(p, normed, Optional.of(true), ALL),
                                  new SlowMamba2(model, p).apply(normed, i == 1)));
                      return plus(z, model.swiGlu(p, model.rmsOf(p + "ffn_norm", z)));
                    }));
  }
}
