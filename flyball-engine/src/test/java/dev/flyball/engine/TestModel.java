package dev.flyball.engine;

import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.model.Batch;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.LanguageModel;
import dev.flyball.engine.model.ModelConfig;
import dev.flyball.engine.model.Pooling;
import dev.flyball.engine.model.StepOutput;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A language of the letters a to z whose next letter is a hash of the last three. It never ends by
 * itself unless told to. Hidden vectors are the token and its position.
 */
final class TestModel implements LanguageModel {
  static final int NEVER = Integer.MAX_VALUE;

  private final Pooling pooling;
  private final int endPosition;
  private volatile Consumer<Batch> beforeStep = batch -> {};
  private volatile Consumer<List<float[]>> afterStep = rows -> {};
  private volatile boolean closed;

  TestModel() {
    this(Pooling.NONE, NEVER);
  }

  /**
   * @param endPosition the position whose next token is the end-of-generation token
   */
  TestModel(Pooling pooling, int endPosition) {
    this.pooling = pooling;
    this.endPosition = endPosition;
  }

  /** Called on the engine's thread with every batch. */
  void beforeStep(Consumer<Batch> action) {
    beforeStep = action;
  }

  /** Called on the engine's thread with the rows of every step. */
  void afterStep(Consumer<List<float[]>> action) {
    afterStep = action;
  }

  /** The logits that follow these three tokens. */
  static float[] logits(int last, int second, int third) {
    float[] row = new float[TestTokenizer.SIZE];
    for (int id = 0; id < TestTokenizer.END; id++) {
      long hash = ((last * 31L + second) * 31 + third) * 31 + id;
      hash = (hash ^ (hash >>> 7)) * 0x9E3779B97F4A7C15L;
      row[id] = (hash >>> 44) / (float) (1 << 18);
    }
    row[TestTokenizer.END] = -20;
    return row;
  }

  @Override
  public StepOutput forward(Batch batch) {
    beforeStep.accept(batch);
    List<float[]> rows = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      TestCache.Sequence sequence = (TestCache.Sequence) batch.sequence(i);
      if (batch.output(i) == RowOutput.LOGITS) {
        rows.add(nextLogits(sequence, batch, i));
      } else if (batch.output(i) == RowOutput.HIDDEN) {
        rows.add(new float[] {batch.token(i), batch.position(i)});
      }
    }
    afterStep.accept(rows);
    return new Rows(rows);
  }

  private float[] nextLogits(TestCache.Sequence sequence, Batch batch, int i) {
    int position = batch.position(i);
    int[] last = new int[3];
    for (int back = 0; back < last.length && back <= position; back++) {
      last[back] = sequence.token(batch.sight().placeAt(i, position - back));
    }
    float[] row = logits(last[0], last[1], last[2]);
    if (position == endPosition) {
      row[TestTokenizer.END] = 100;
    }
    return row;
  }

  @Override
  public ModelConfig config() {
    return new ModelConfig("test", TestTokenizer.SIZE, 2, 1, 100, pooling);
  }

  @Override
  public KvCache newCache(long capacityTokens) {
    return new TestCache(capacityTokens);
  }

  @Override
  public int maxBatchTokens() {
    return 8;
  }

  @Override
  public void close() {
    closed = true;
  }

  boolean closed() {
    return closed;
  }

  private record Rows(List<float[]> all) implements StepOutput {
    @Override
    public int rows() {
      return all.size();
    }

    @Override
    public float[] values(int row) {
      return all.get(row);
    }

    @Override
    public int offset(int row) {
      return 0;
    }

    @Override
    public int length(int row) {
      return all.get(row).length;
    }
  }
}
