package dev.flyball.engine.model;

import dev.flyball.engine.cache.KvShape;
import dev.flyball.engine.cache.PagedKvSequence;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.arithmetic.Arithmetic;
import dev.flyball.engine.model.arithmetic.Elementwise;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.matmul.InputFinish;

/**
 * What all pieces of a forward pass share: the tokens of the step under way and the means to
 * compute with. One for each model, used by the thread that calls {@code forward}.
 */
public final class Step implements AutoCloseable {
  private final ModelOptions options;
  private final WorkerTeam team;
  private final Arithmetic arithmetic;
  private final Attentions attentions;
  private final AdapterProducts adapters;
  private final PagedKvSequence[] sequences;
  private final int[] places;
  private final TreeSight sight;
  private final int[] origins;
  private final SequenceRuns runs = new SequenceRuns();
  private final NormRows normRows = new NormRows();

  /** Rows that are to be normalised by the product whose input they are. */
  private final NormRows awaited = new NormRows();

  private int awaitedRows;
  private int tokens;

  /**
   * @param maxColumns length of the longest row that a matrix is multiplied by
   */
  public Step(ModelOptions options, int maxColumns) {
    this.options = options;
    team = new WorkerTeam("flyball-worker", options.threads());
    Arithmetic chosen = Arithmetics.of(options, team, maxColumns);
    arithmetic = options.observer().map(observer -> chosen.observed(observer, team)).orElse(chosen);
    attentions = new Attentions(options.level());
    adapters = new AdapterProducts(options, team, maxColumns);
    sequences = new PagedKvSequence[options.maxBatchTokens()];
    places = new int[options.maxBatchTokens()];
    sight = new TreeSight(options.maxBatchTokens());
    origins = new int[options.maxBatchTokens()];
  }

  /**
   * Takes over the tokens of a batch.
   *
   * @throws IllegalArgumentException where it is empty or too large, an id is outside of the
   *     vocabulary, or a sequence belongs to a cache of another shape
   */
  void begin(Batch batch, int vocabularySize, KvShape shape) {
    if (batch.size() < 1 || batch.size() > options.maxBatchTokens()) {
      throw new IllegalArgumentException(
          "a batch of "
              + batch.size()
              + " tokens; it should have 1 to "
              + options.maxBatchTokens());
    }
    for (int i = 0; i < batch.size(); i++) {
      if (batch.token(i) < 0 || batch.token(i) >= vocabularySize) {
        throw new IllegalArgumentException(
            "token id " + batch.token(i) + " is not in 0 to " + (vocabularySize - 1));
      }
      if (!(batch.sequence(i) instanceof PagedKvSequence sequence)
          || !sequence.cache().shape().equals(shape)) {
        throw new IllegalArgumentException("the sequence of token " + i + " has a foreign cache");
      }
      sequences[i] = sequence;
      places[i] = batch.place(i);
      sight.copy(i, batch.sight(), i);
      origins[i] = i;
    }
    tokens = batch.size();
    awaitedRows = 0;
    adapters.choose(batch, AdapterProducts.Chosen.ALL);
    if (shape.hasState()) {
      runs.find(this);
    }
  }

  /** Whether the output of every token is wanted. */
  boolean wantsAll(Batch batch) {
    for (int t = 0; t < tokens; t++) {
      if (batch.output(t) == RowOutput.NONE) {
        return false;
      }
    }
    return true;
  }

  /**
   * Leaves the tokens whose output the batch wants, in their order: what follows is not computed
   * for the others.
   *
   * @param rows each (tokens, columns), row after row; rows of what is left move to the front
   */
  void keepWanted(Batch batch, int columns, float[]... rows) {
    int kept = 0;
    for (int t = 0; t < tokens; t++) {
      if (batch.output(t) == RowOutput.NONE) {
        continue;
      }
      sequences[kept] = sequences[t];
      places[kept] = places[t];
      sight.copy(kept, sight, t);
      origins[kept] = origins[t];
      for (float[] values : rows) {
        System.arraycopy(values, t * columns, values, kept * columns, columns);
      }
      kept++;
    }
    tokens = kept;
    adapters.choose(batch, AdapterProducts.Chosen.WANTED);
  }

  /** Tokens of the step under way that are computed with. */
  public int tokens() {
    return tokens;
  }

  int maxTokens() {
    return options.maxBatchTokens();
  }

  PagedKvSequence sequence(int token) {
    return sequences[token];
  }

  /** The token's position in its text. */
  public int position(int token) {
    return sight.position(token, places[token]);
  }

  /** Where the token's keys and values lie in its sequence. */
  int place(int token) {
    return places[token];
  }

  /** What the tokens see of trees of guesses. */
  TreeSight sight() {
    return sight;
  }

  /** Which of the batch's tokens it is. */
  int origin(int token) {
    return origins[token];
  }

  /**
   * The tokens by sequence, for mixers of models with a state, which run before any tokens have
   * been left out.
   */
  public SequenceRuns runs() {
    return runs;
  }

  public WorkerTeam team() {
    return team;
  }

  ModelOptions options() {
    return options;
  }

  /** What adapters add to projections. */
  AdapterProducts adapters() {
    return adapters;
  }

  public Arithmetic arithmetic() {
    return arithmetic;
  }

  Attentions attentions() {
    return attentions;
  }

  /** Makes {@code x} (rows, columns) the input of the linear layers that follow. */
  public void input(float[] x, int rows, int columns) {
    adapters.input(x, columns);
    if (awaitedRows > 0 && awaitedRows == rows && awaited.goTo(x)) {
      awaitedRows = 0;
      arithmetic.products().input(x, rows, columns, awaited);
    } else {
      normaliseAwaited();
      arithmetic.products().input(x, rows, columns);
    }
  }

  /** As {@link #input}, for an input that is still to be finished. */
  public void input(float[] x, int rows, int columns, InputFinish finish) {
    adapters.input(x, columns);
    arithmetic.products().input(x, rows, columns, finish);
  }

  /** Normalises every row of {@code x} (rows, norm.length) into {@code out}. */
  public void normalise(float[] x, int rows, Elementwise.Norm norm, float[] out) {
    normaliseAwaited();
    team.run(rows, normRows.apply(x, norm, out));
  }

  /** {@code x += delta}, and every row of {@code x} (rows, norm.length) normed into {@code out}. */
  void addAndNormalise(float[] x, float[] delta, int rows, Elementwise.Norm norm, float[] out) {
    normaliseAwaited();
    team.run(rows, normRows.addAndApply(x, delta, norm, out));
  }

  /**
   * As {@link #addAndNormalise}, but done at the latest possible time: row by row where the rows
   * are rounded for the first product that they are the input of. Whoever reads {@code x} or {@code
   * out} otherwise calls {@link #normaliseAwaited} before.
   */
  void addAndNormaliseAsInput(
      float[] x, float[] delta, int rows, Elementwise.Norm norm, float[] out) {
    normaliseAwaited();
    awaited.addAndApply(x, delta, norm, out);
    awaitedRows = rows;
  }

  /** Does now what {@link #addAndNormaliseAsInput} left for later, if anything. */
  void normaliseAwaited() {
    if (awaitedRows > 0) {
      int rows = awaitedRows;
      awaitedRows = 0;
      team.run(rows, awaited.pieces());
    }
  }

  @Override
  public void close() {
    adapters.close();
    attentions.close();
    arithmetic.close();
    team.close();
  }
}
