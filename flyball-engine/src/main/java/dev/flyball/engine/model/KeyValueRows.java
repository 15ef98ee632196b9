package dev.flyball.engine.model;

import dev.flyball.kernels.WorkerTeam;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The keys and values of a step that an attention layer stores; see {@link KeyValueSpec}. */
final class KeyValueRows {
  private final AttentionShape shape;
  private final float clamp;
  private final List<Linear> projections = new ArrayList<>();
  private final boolean keysAreValues;
  private final HeadRows keyHeads;
  private final HeadRows valueHeads;
  private final StepRows keys;
  private final StepRows values;
  private final WorkerTeam.Piece prepareToken = this::prepareToken;

  KeyValueRows(
      KeyValueSpec spec,
      AttentionShape shape,
      Optional<RotaryEmbedding> rotary,
      boolean rotatedFirst,
      float clamp,
      Assembly assembly) {
    this.shape = shape;
    this.clamp = clamp;
    projections.add(assembly.linear(spec.key()));
    spec.value().ifPresent(tensors -> projections.add(assembly.linear(tensors)));
    keysAreValues = spec.value().isEmpty();
    keyHeads =
        new HeadRows(shape.keyLength(), spec.keyNorm().map(assembly::norm), rotary, rotatedFirst);
    valueHeads =
        new HeadRows(
            shape.valueLength(), spec.valueNorm().map(assembly::norm), Optional.empty(), false);
    keys = assembly.rows("keys", shape.keyColumns());
    values = assembly.rows("values", shape.valueColumns());
  }

  /** What keys, and values where they are not the keys, are projected by. */
  List<Linear> projections() {
    return projections;
  }

  /** Where the projections write to. */
  List<float[]> projected() {
    return keysAreValues ? List.of(keys.values()) : List.of(keys.values(), values.values());
  }

  /** Makes what was projected into keys and values, and writes them to the cache. */
  void store(Step step, CachedAttention cached, int cacheLayer) {
    if (keysAreValues) {
      int count = step.tokens() * shape.keyColumns();
      System.arraycopy(keys.values(), 0, values.values(), 0, count);
    }
    HeadRows.clamp(keys.values(), step.tokens() * shape.keyColumns(), clamp);
    HeadRows.clamp(values.values(), step.tokens() * shape.valueColumns(), clamp);
    if (!keyHeads.isIdentity() || !valueHeads.isIdentity()) {
      step.team().run(step.tokens(), prepareToken);
    }
    cached.store(step, cacheLayer, keys.values(), values.values());
  }

  private void prepareToken(int token, int worker) {
    keyHeads.apply(keys.values(), token, shape.kvHeads(), worker);
    valueHeads.apply(values.values(), token, shape.kvHeads(), worker);
  }
}
