package dev.flyball.engine.model;

import dev.flyball.kernels.WorkerTeam;
import java.util.List;
import java.util.Optional;

/**
 * Causal attention of all tokens of a step over their sequences, with grouped heads and what else
 * {@link AttentionSpec} asks for.
 */
final class Attention implements Mixer {
  private final AttentionShape shape;
  private final int cacheLayer;
  private final Linear query;
  private final Linear key;
  private final Linear value;
  private final Linear output;
  private final Optional<Arithmetic.Norm> queryNorm;
  private final Optional<Arithmetic.Norm> keyNorm;
  private final Optional<RotaryEmbedding> rotary;
  private final float clamp;
  private final Optional<QueryTemperature> temperature;
  private final CachedAttention cached;
  private final StepRows queries;
  private final StepRows keys;
  private final StepRows values;
  private final StepRows attended;
  private final List<Linear> projections;
  private List<float[]> projected = List.of();
  private final WorkerTeam.Piece prepareQuery = this::prepareQuery;
  private final WorkerTeam.Piece prepareKey = this::prepareKey;

  Attention(AttentionSpec spec, Assembly assembly) {
    shape = spec.shape();
    cacheLayer = spec.cacheLayer();
    query = assembly.linear(spec.query());
    key = assembly.linear(spec.key());
    value = assembly.linear(spec.value());
    output = assembly.linear(spec.output());
    projections = List.of(query, key, value);
    queryNorm = spec.queryNorm().map(assembly::norm);
    keyNorm = spec.keyNorm().map(assembly::norm);
    rotary = spec.rope().map(assembly::rotary);
    clamp = spec.clamp();
    temperature = spec.temperature();
    cached = assembly.attention(shape, spec.scale());
    queries = assembly.rows("queries", shape.queryColumns());
    keys = assembly.rows("keys", shape.keyColumns());
    values = assembly.rows("values", shape.valueColumns());
    attended = assembly.rows("attended", shape.attendedColumns());
  }

  @Override
  public void apply(Step step, float[] x, float[] out) {
    step.input(x, step.tokens(), query.columns());
    // The softmax of scores magnifies the errors of queries and keys.
    Linear.applyAllFinely(projections, projected());
    prepareQueries(step);
    prepareKeysAndValues(step);
    cached.store(step, cacheLayer, keys.values(), values.values());
    attend(step, out);
  }

  @Override
  public boolean mixesTokens() {
    return true;
  }

  @Override
  public boolean storesApart() {
    return true;
  }

  @Override
  public void store(Step step, float[] x) {
    step.input(x, step.tokens(), key.columns());
    Linear.applyAllFinely(projections.subList(1, 3), projected().subList(1, 3));
    prepareKeysAndValues(step);
    cached.store(step, cacheLayer, keys.values(), values.values());
  }

  @Override
  public void applyToStored(Step step, float[] x, float[] out) {
    step.input(x, step.tokens(), query.columns());
    Linear.applyAllFinely(projections.subList(0, 1), projected().subList(0, 1));
    prepareQueries(step);
    attend(step, out);
  }

  /** Rows for queries, keys and values, which have their final length by the first step. */
  private List<float[]> projected() {
    if (projected.isEmpty()) {
      projected = List.of(queries.values(), keys.values(), values.values());
    }
    return projected;
  }

  private void attend(Step step, float[] out) {
    cached.attend(step, cacheLayer, queries.values(), attended.values());
    step.input(attended.values(), step.tokens(), shape.attendedColumns());
    output.apply(out);
  }

  private void prepareQueries(Step step) {
    limit(queries, step.tokens() * shape.queryColumns());
    if (queryNorm.isPresent() || rotary.isPresent()) {
      step.team().run(step.tokens(), prepareQuery);
    }
    if (temperature.isPresent()) {
      heat(step, temperature.get());
    }
  }

  private void heat(Step step, QueryTemperature spec) {
    int columns = shape.queryColumns();
    for (int t = 0; t < step.tokens(); t++) {
      float factor = spec.at(step.position(t));
      for (int i = t * columns; i < (t + 1) * columns; i++) {
        queries.values()[i] *= factor;
      }
    }
  }

  private void prepareKeysAndValues(Step step) {
    limit(keys, step.tokens() * shape.keyColumns());
    limit(values, step.tokens() * shape.valueColumns());
    if (keyNorm.isPresent() || rotary.isPresent()) {
      step.team().run(step.tokens(), prepareKey);
    }
  }

  private void limit(StepRows rows, int count) {
    if (clamp < Float.POSITIVE_INFINITY) {
      float[] x = rows.values();
      for (int i = 0; i < count; i++) {
        x[i] = Math.clamp(x[i], -clamp, clamp);
      }
    }
  }

  private void prepareQuery(int token, int worker) {
    prepareToken(queries.values(), token, shape.heads(), queryNorm, worker);
  }

  private void prepareKey(int token, int worker) {
    prepareToken(keys.values(), token, shape.kvHeads(), keyNorm, worker);
  }

  /** Norms and rotates a token of {@code x} (tokens, heads, keyLength). */
  private void prepareToken(
      float[] x, int token, int heads, Optional<Arithmetic.Norm> norm, int worker) {
    int length = shape.keyLength();
    if (norm.isPresent()) {
      int rows = heads * length / norm.get().length();
      for (int row = token * rows; row < (token + 1) * rows; row++) {
        norm.get().apply(x, row, x, worker);
      }
    }
    if (rotary.isPresent()) {
      rotary.get().rotate(x, token * heads * length, heads, length, token);
    }
  }
}
