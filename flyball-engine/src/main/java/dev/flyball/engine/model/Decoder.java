package dev.flyball.engine.model;

import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvShape;
import dev.flyball.engine.cache.PagedKvCache;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.lora.LoraFile;
import dev.flyball.engine.weights.ExpertCounters;
import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.WorkerTeam;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The forward pass of every model: tokens are embedded to a residual stream, branch after branch
 * adds to it, and what is asked for goes through the final norm and the output matrix. Families
 * differ in the branches; what is computed with is the arithmetic's choice.
 *
 * <p>Shapes: T tokens in the step, D values in a hidden vector; matrices are (rows, columns).
 */
public final class Decoder implements LanguageModel {
  private final GgufFile file;
  private final ModelConfig config;
  private final KvShape cacheShape;
  private final StoredMatrix embedding;
  private final float embeddingScale;
  private final EmbeddingTerms terms;
  private final Optional<RankingHead> ranking;
  private final EmbeddingHead embeddings;
  private final List<ResidualBranch> branches;
  private final List<RotaryEmbedding> rotaries;
  private final List<TokenInput> tokenInputs;

  /** Index of the last branch that mixes tokens; -1 where none does. */
  private final int lastMixing;

  private final OutputRows outputRows;
  private final Step step;
  private final AdapterSites sites;

  /** The residual stream (T, D). */
  private float[] x;

  /** The normed input of a branch (T, D). */
  private float[] normed;

  /** What a branch adds to the stream (T, D). */
  private final float[] delta;

  private final StepRows room;

  /** Ids of the step's tokens. */
  private final int[] tokens;

  /** Where the vectors of the step's tokens are from, if not the embedding. */
  private final EmbeddedSpan[] spans;

  private final WorkerTeam.Piece embedToken = (t, _) -> embedToken(t);

  public Decoder(GgufFile file, DecoderSpec spec, KvShape cacheShape, Step step) {
    this.file = file;
    this.cacheShape = cacheShape;
    this.step = step;
    config = spec.config();
    embedding = spec.embedding();
    embeddingScale = spec.embeddingScale();
    terms = spec.terms();
    ranking = spec.ranking();
    embeddings = spec.embeddings();
    Assembly assembly = new Assembly(step, cacheShape);
    List<ResidualBranch> assembled = new ArrayList<>();
    spec.branches().forEach(branch -> assembled.add(ResidualBranch.of(branch, assembly)));
    branches = List.copyOf(assembled);
    rotaries = List.copyOf(assembly.rotaries());
    tokenInputs = List.copyOf(assembly.tokenInputs());
    lastMixing =
        IntStream.range(0, branches.size())
            .filter(i -> branches.get(i).mixesTokens())
            .max()
            .orElse(-1);
    outputRows =
        new OutputRows(
            assembly.norm(spec.outputNorm()),
            spec.output().map(assembly::linear),
            spec.logits(),
            step.maxTokens());
    sites = assembly.sites();
    int values = Math.multiplyExact(step.maxTokens(), config.embeddingLength());
    tokens = new int[step.maxTokens()];
    spans = new EmbeddedSpan[step.maxTokens()];
    Arrays.fill(spans, EmbeddedSpan.NONE);
    x = new float[values];
    normed = new float[values];
    delta = new float[values];
    boolean parallel = branches.stream().anyMatch(branch -> branch.mixers().size() > 1);
    room = assembly.rows("further mixer", parallel ? config.embeddingLength() : 0);
  }

  @Override
  public StepOutput forward(Batch batch) {
    step.begin(batch, config.vocabularySize(), cacheShape);
    if (config.wholeTexts()) {
      requireWholeTexts(batch);
    }
    prepareRotaries();
    for (int t = 0; t < batch.size(); t++) {
      tokens[t] = batch.token(t);
      spans[t] = batch.embedded(t);
    }
    step.team().run(batch.size(), embedToken);
    Arrays.fill(spans, 0, batch.size(), EmbeddedSpan.NONE);
    for (int i = 0; i < tokenInputs.size(); i++) {
      tokenInputs.get(i).prepare(step, tokens, x);
    }
    ResidualBranch first = branches.getFirst();
    if (first.before().isPresent()) {
      step.normalise(x, step.tokens(), first.before().get(), normed);
      continueNormed(first);
    }
    for (int i = 0; i < branches.size() && step.tokens() > 0; i++) {
      if (i == lastMixing && !step.wantsAll(batch)) {
        computeWanted(branches.get(i), batch);
      } else {
        compute(branches.get(i), false);
      }
      if (i + 1 < branches.size()) {
        addToStream(branches.get(i + 1));
      }
    }
    return outputRows.compute(step, batch, x, delta);
  }

  private void prepareRotaries() {
    for (int i = 0; i < rotaries.size(); i++) {
      rotaries.get(i).prepare(step);
    }
  }

  /** What tokens see of those behind them must be there when they look. */
  private static void requireWholeTexts(Batch batch) {
    int whole = 0;
    for (int t = 0; t < batch.size(); t++) {
      whole += batch.position(t) == 0 ? batch.sequence(t).length() : 0;
    }
    if (whole != batch.size()) {
      throw new IllegalArgumentException(
          "a text was cut: this model sees texts as a whole, and has to be given them so");
    }
  }

  /** {@code x = scale * embedding[token] + terms[position]}; a span's vectors are not scaled. */
  private void embedToken(int t) {
    int columns = embedding.columns();
    if (spans[t].isNone()) {
      embedding.decode(tokens[t], 0, columns, x, t * columns);
      for (int i = t * columns; embeddingScale != 1 && i < (t + 1) * columns; i++) {
        x[i] *= embeddingScale;
      }
    } else {
      spans[t].copyRow(step.place(t), x, t * columns);
    }
    terms.addTo(x, t * columns, step.position(t), normed);
  }

  private void compute(ResidualBranch branch, boolean stored) {
    branch.compute(step, input(branch), config.embeddingLength(), delta, room, stored);
    ResidualBranch.multiply(x, branch.keep(), step.tokens() * config.embeddingLength());
  }

  private float[] input(ResidualBranch branch) {
    return branch.before().isPresent() && !branch.onNormed() ? normed : x;
  }

  /**
   * The last branch that mixes tokens, from which on only those tokens are needed whose output the
   * batch wants: the step goes on with them.
   */
  private void computeWanted(ResidualBranch branch, Batch batch) {
    if (!branch.storesApart()) {
      compute(branch, false);
      step.keepWanted(batch, config.embeddingLength(), x, delta);
      return;
    }
    branch.store(step, input(branch));
    step.normaliseAwaited();
    step.keepWanted(batch, config.embeddingLength(), x, normed);
    if (step.tokens() > 0) {
      prepareRotaries();
      compute(branch, true);
    }
  }

  /** Adds what a branch came to, and gives the next one its normed input. */
  private void addToStream(ResidualBranch next) {
    if (next.before().isPresent()) {
      if (next.onNormed()) {
        step.addAndNormalise(x, delta, step.tokens(), next.before().get(), normed);
        continueNormed(next);
      } else {
        step.addAndNormaliseAsInput(x, delta, step.tokens(), next.before().get(), normed);
      }
    } else {
      ResidualBranch.add(delta, x, step.tokens() * config.embeddingLength());
    }
  }

  /** The stream goes on normed where the branch wants that. */
  private void continueNormed(ResidualBranch branch) {
    if (branch.onNormed()) {
      float[] stream = normed;
      normed = x;
      x = stream;
    }
  }

  @Override
  public Optional<RankingHead> ranking() {
    return ranking;
  }

  @Override
  public float[] embedding(float[] pooled) {
    return embeddings.apply(pooled);
  }

  @Override
  public ModelConfig config() {
    return config;
  }

  @Override
  public KvCache newCache(long capacityTokens) {
    return new PagedKvCache(cacheShape, capacityTokens);
  }

  @Override
  public KvCache newCache(long capacityTokens, int maxSequences) {
    return new PagedKvCache(cacheShape, capacityTokens, maxSequences);
  }

  @Override
  public Adapter adapter(LoraFile lora) {
    return Adapter.of(lora, config.architecture(), sites, step.arithmetic().products());
  }

  @Override
  public Optional<ExpertCounters> experts() {
    return step.arithmetic().experts().counters();
  }

  @Override
  public int maxBatchTokens() {
    return step.maxTokens();
  }

  @Override
  public void close() {
    step.close();
    file.close();
  }
}
