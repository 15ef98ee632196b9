package dev.flyball.engine.model;

import dev.flyball.engine.model.arithmetic.Elementwise;
import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.WorkerTeam;
import java.util.List;
import java.util.Optional;

/**
 * Multi-head latent attention; see {@link LatentAttentionSpec}. A key in the cache is
 *
 * <pre>
 * compressed, normed (rank)   rotated
 * </pre>
 *
 * and its value the first part, stored once more.
 */
final class LatentAttention implements StoringMixer {
  private final AttentionShape shape;
  private final int cacheLayer;
  private final int queryLength;

  /** Values of the parts of a key: compressed ones and rotated ones. */
  private final int rank;

  private final int rotated;
  private final Optional<Linear> queryDown;
  private final Optional<Elementwise.Norm> queryNorm;
  private final List<Linear> query;
  private final List<Linear> compress;
  private final Elementwise.Norm latentNorm;
  private final HeadProjections keyUp;
  private final HeadProjections valueUp;
  private final Linear output;
  private final RotaryEmbedding rotary;
  private final CachedAttention cached;
  private final StepRows down;
  private final StepRows shortQueries;
  private final StepRows queries;
  private final StepRows keys;
  private final StepRows values;
  private final StepRows attended;
  private final StepRows results;
  private final WorkerTeam.Piece prepareKey = this::prepareKey;
  private final WorkerTeam.Piece rotateQuery = this::rotateQuery;
  private final WorkerTeam.Piece rotateShortQuery = this::rotateShortQuery;

  /** How many tokens attend with a key and a value for each head; nothing: none ever. */
  private final Optional<Expanded> expanded;

  /** The first token of those under way, for the pieces of a run. */
  private int first;

  /** Attention with a key and a value for each head, made of what is in the cache. */
  private record Expanded(
      ExpandedAttention attention,
      LatentRuns runs,
      List<List<Linear>> keyUp,
      List<List<Linear>> valueUp) {}

  LatentAttention(LatentAttentionSpec spec, Assembly assembly) {
    shape = spec.shape();
    cacheLayer = spec.cacheLayer();
    queryLength = spec.queryLength();
    rank = shape.valueLength();
    rotated = shape.keyLength() - rank;
    queryDown = spec.queryDown().map(normed -> assembly.linear(normed.projection()));
    queryNorm = spec.queryDown().map(normed -> assembly.norm(normed.norm()));
    query = List.of(assembly.linear(spec.query()));
    compress = List.of(assembly.linear(spec.compress().projection()));
    latentNorm = assembly.norm(spec.compress().norm());
    TensorType decoded = assembly.decodedType();
    keyUp = new HeadProjections(spec.keyUp().transposed(decoded), assembly);
    valueUp = new HeadProjections(spec.valueUp().upright(decoded), assembly);
    output = assembly.linear(spec.output());
    rotary = assembly.rotary(spec.rope());
    cached = assembly.attention(shape, spec.scores());
    expanded = expanded(spec, decoded, assembly);
    down = assembly.rows("queries of low rank", queryDown.map(Linear::rows).orElse(0));
    shortQueries = assembly.rows("short queries", query.getFirst().rows());
    queries = assembly.rows("queries", shape.queryColumns());
    keys = assembly.rows("keys", shape.keyColumns());
    values = assembly.rows("values", shape.valueColumns());
    attended = assembly.rows("attended", shape.attendedColumns());
    results = assembly.rows("results of heads", output.columns());
  }

  /** Observers of matrices are to see those of the file. */
  private Optional<Expanded> expanded(
      LatentAttentionSpec spec, TensorType decoded, Assembly assembly) {
    if (assembly.step().options().observer().isPresent()) {
      return Optional.empty();
    }
    return cached
        .expanded(spec.lengths())
        .map(
            attention ->
                new Expanded(
                    attention,
                    new LatentRuns(attention, assembly.maxTokens()),
                    ExpandedAttention.groups(
                        spec.keyUp().upright(decoded).stream().map(assembly::linear).toList()),
                    ExpandedAttention.groups(valueUp.heads())));
  }

  @Override
  public void apply(Step step, float[] x, float[] out) {
    store(step, x);
    applyToStored(step, x, out);
  }

  @Override
  public boolean mixesTokens() {
    return true;
  }

  @Override
  public void store(Step step, float[] x) {
    step.input(x, step.tokens(), compress.getFirst().columns());
    Linear.applyAllFinely(compress, List.of(keys.values()));
    step.team().run(step.tokens(), prepareKey);
    cached.store(step, cacheLayer, keys.values(), values.values());
  }

  private void prepareKey(int token, int worker) {
    int at = token * shape.keyLength();
    System.arraycopy(keys.values(), at, values.values(), token * rank, rank);
    latentNorm.apply(values.values(), token, values.values(), worker);
    System.arraycopy(values.values(), token * rank, keys.values(), at, rank);
    rotary.rotate(keys.values(), at + rank, 1, shape.keyLength(), token, worker);
  }

  @Override
  public void applyToStored(Step step, float[] x, float[] out) {
    projectQueries(step, x);
    if (expanded.isPresent()) {
      attend(step, expanded.get());
    } else {
      attendToCompressed(step, 0, step.tokens());
    }
    step.input(results.values(), step.tokens(), output.columns());
    output.apply(out);
  }

  private void attend(Step step, Expanded expanded) {
    LatentRuns runs = expanded.runs();
    runs.find(step);
    for (int run = 0; run < runs.count(); run++) {
      if (runs.isExpanded(run)) {
        attendToExpanded(step, expanded, runs.first(run), runs.end(run));
      } else {
        attendToCompressed(step, runs.first(run), runs.end(run));
      }
    }
  }

  /** From queries to results: the matrices of keys and values are applied to these. */
  private void attendToCompressed(Step step, int first, int end) {
    this.first = first;
    int count = end - first;
    float[] longQueries = queries.values();
    keyUp.applyFinely(
        step, first, count, shortQueries.values(), queryLength, longQueries, shape.keyLength());
    step.team().run(count, rotateQuery);
    cached.attend(
        step, first, end, cacheLayer, longQueries, CachedAttention.NO_SINKS, attended.values());
    int valueLength = output.columns() / shape.heads();
    valueUp.apply(step, first, count, attended.values(), rank, results.values(), valueLength);
  }

  /** From queries to results: the matrices of keys and values are applied to the context. */
  private void attendToExpanded(Step step, Expanded expanded, int first, int end) {
    this.first = first;
    step.team().run(end - first, rotateShortQuery);
    expanded
        .attention()
        .attend(
            first,
            end,
            cacheLayer,
            expanded.keyUp(),
            expanded.valueUp(),
            shortQueries.values(),
            results.values());
  }

  private void projectQueries(Step step, float[] x) {
    float[] from = x;
    if (queryDown.isPresent()) {
      step.input(x, step.tokens(), queryDown.get().columns());
      queryDown.get().apply(down.values());
      step.normalise(down.values(), step.tokens(), queryNorm.orElseThrow(), down.values());
      from = down.values();
    }
    step.input(from, step.tokens(), query.getFirst().columns());
    Linear.applyAllFinely(query, List.of(shortQueries.values()));
  }

  /** Puts the rotated part of each head's query behind the one that meets compressed keys. */
  private void rotateQuery(int index, int worker) {
    int token = first + index;
    for (int head = 0; head < shape.heads(); head++) {
      int row = token * shape.heads() + head;
      int from = (row + 1) * queryLength - rotated;
      int to = row * shape.keyLength() + rank;
      System.arraycopy(shortQueries.values(), from, queries.values(), to, rotated);
    }
    int at = token * shape.queryColumns() + rank;
    rotary.rotate(queries.values(), at, shape.heads(), shape.keyLength(), token, worker);
  }

  private void rotateShortQuery(int index, int worker) {
    int token = first + index;
    int at = (token * shape.heads() + 1) * queryLength - rotated;
    rotary.rotate(shortQueries.values(), at, shape.heads(), queryLength, token, worker);
  }
}
