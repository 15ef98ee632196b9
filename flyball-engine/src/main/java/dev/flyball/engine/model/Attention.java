package dev.flyball.engine.model;

import dev.flyball.kernels.WorkerTeam;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Causal attention of all tokens of a step over their sequences, with grouped heads and what else
 * {@link AttentionSpec} asks for.
 */
final class Attention implements StoringMixer {
  private final AttentionShape shape;
  private final int cacheLayer;
  private final Optional<KeyValueRows> stored;
  private final Linear output;
  private final HeadRows queryHeads;
  private final float clamp;
  private final Optional<QueryTemperature> temperature;
  private final float[] sinks;
  private final CachedAttention cached;
  private final Optional<QueryGate> gate;
  private final StepRows queries;
  private final StepRows attended;

  /** Of queries, and then of what is stored. */
  private final List<Linear> projections = new ArrayList<>();

  /** The rows that they write to, once these have their final length. */
  private List<float[]> projected = List.of();

  private final WorkerTeam.Piece prepareQuery = this::prepareQuery;

  Attention(AttentionSpec spec, Assembly assembly) {
    shape = spec.shape();
    cacheLayer = spec.cacheLayer();
    Optional<RotaryEmbedding> rotary = spec.rope().map(assembly::rotary);
    projections.add(assembly.linear(spec.query()));
    stored =
        spec.stored()
            .map(
                tensors ->
                    new KeyValueRows(
                        tensors, shape, rotary, spec.rotatedFirst(), spec.clamp(), assembly));
    stored.ifPresent(rows -> projections.addAll(rows.projections()));
    output = assembly.linear(spec.output());
    queryHeads =
        new HeadRows(
            shape.keyLength(), spec.queryNorm().map(assembly::norm), rotary, spec.rotatedFirst());
    clamp = spec.clamp();
    temperature = spec.temperature();
    sinks = spec.sinks();
    cached = assembly.attention(shape, spec.scores());
    gate = spec.gated() ? Optional.of(new QueryGate(shape, assembly)) : Optional.empty();
    queries = assembly.rows("queries", shape.queryColumns());
    attended = assembly.rows("attended", shape.attendedColumns());
  }

  @Override
  public void apply(Step step, float[] x, float[] out) {
    step.input(x, step.tokens(), projections.getFirst().columns());
    // The softmax of scores magnifies the errors of queries and keys.
    Linear.applyAllFinely(projections, projected());
    prepareQueries(step);
    if (stored.isPresent()) {
      stored.get().store(step, cached, cacheLayer);
    }
    attend(step, out);
  }

  @Override
  public boolean mixesTokens() {
    return stored.isPresent();
  }

  @Override
  public void store(Step step, float[] x) {
    if (stored.isPresent()) {
      step.input(x, step.tokens(), projections.getFirst().columns());
      int count = projections.size();
      Linear.applyAllFinely(projections.subList(1, count), projected().subList(1, count));
      stored.get().store(step, cached, cacheLayer);
    }
  }

  @Override
  public void applyToStored(Step step, float[] x, float[] out) {
    step.input(x, step.tokens(), projections.getFirst().columns());
    Linear.applyAllFinely(projections.subList(0, 1), projected().subList(0, 1));
    prepareQueries(step);
    attend(step, out);
  }

  private List<float[]> projected() {
    if (projected.isEmpty()) {
      List<float[]> rows = new ArrayList<>();
      rows.add(gate.map(QueryGate::projected).orElse(queries.values()));
      stored.ifPresent(keysAndValues -> rows.addAll(keysAndValues.projected()));
      projected = List.copyOf(rows);
    }
    return projected;
  }

  private void attend(Step step, float[] out) {
    cached.attend(step, cacheLayer, queries.values(), sinks, attended.values());
    if (gate.isPresent()) {
      gate.get().apply(attended.values());
    }
    step.input(attended.values(), step.tokens(), shape.attendedColumns());
    output.apply(out);
  }

  private void prepareQueries(Step step) {
    if (gate.isPresent()) {
      gate.get().split(queries.values());
    }
    HeadRows.clamp(queries.values(), step.tokens() * shape.queryColumns(), clamp);
    if (!queryHeads.isIdentity()) {
      step.team().run(step.tokens(), prepareQuery);
    }
    if (temperature.isPresent()) {
      heat(step, temperature.get());
    }
  }

  private void prepareQuery(int token, int worker) {
    queryHeads.apply(queries.values(), token, shape.heads(), worker);
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
}
