package dev.flyball.engine.model;

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

  Attention(AttentionSpec spec, Assembly assembly) {
    shape = spec.shape();
    cacheLayer = spec.cacheLayer();
    query = assembly.linear(spec.query());
    key = assembly.linear(spec.key());
    value = assembly.linear(spec.value());
    output = assembly.linear(spec.output());
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
    Linear.applyAllFinely(
        List.of(query, key, value), List.of(queries.values(), keys.values(), values.values()));
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
    Linear.applyAllFinely(List.of(key, value), List.of(keys.values(), values.values()));
    prepareKeysAndValues(step);
    cached.store(step, cacheLayer, keys.values(), values.values());
  }

  @Override
  public void applyToStored(Step step, float[] x, float[] out) {
    step.input(x, step.tokens(), query.columns());
    Linear.applyAllFinely(List.of(query), List.of(queries.values()));
    prepareQueries(step);
    attend(step, out);
  }

  private void attend(Step step, float[] out) {
    cached.attend(step, cacheLayer, queries.values(), attended.values());
    step.input(attended.values(), step.tokens(), shape.attendedColumns());
    output.apply(out);
  }

  private void prepareQueries(Step step) {
    limit(queries, step.tokens() * shape.queryColumns());
    prepare(step, queries.values(), shape.heads(), queryNorm);
    temperature.ifPresent(spec -> heat(step, spec));
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
    prepare(step, keys.values(), shape.kvHeads(), keyNorm);
  }

  private void limit(StepRows rows, int count) {
    if (clamp < Float.POSITIVE_INFINITY) {
      float[] x = rows.values();
      for (int i = 0; i < count; i++) {
        x[i] = Math.clamp(x[i], -clamp, clamp);
      }
    }
  }

  /** Norms and rotates {@code x} (tokens, heads, keyLength). */
  private void prepare(Step step, float[] x, int heads, Optional<Arithmetic.Norm> norm) {
    if (norm.isPresent() || rotary.isPresent()) {
      step.team().run(step.tokens(), (t, worker) -> prepareToken(x, t, heads, norm, worker));
    }
  }

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
