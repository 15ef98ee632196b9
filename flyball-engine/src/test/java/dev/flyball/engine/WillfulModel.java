package dev.flyball.engine;

import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.model.Batch;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.LanguageModel;
import dev.flyball.engine.model.ModelConfig;
import dev.flyball.engine.model.Pooling;
import dev.flyball.engine.model.StepOutput;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.units.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A model that wants to say what a function of the text so far tells, markers included; where it
 * may not, it ends what is open.
 */
final class WillfulModel implements LanguageModel {
  private final Tokenizer tokenizer;
  private final UnaryOperator<String> wish;

  /**
   * @param wish from the text so far to the text of the next token
   */
  WillfulModel(Tokenizer tokenizer, UnaryOperator<String> wish) {
    this.tokenizer = tokenizer;
    this.wish = wish;
  }

  @Override
  public StepOutput forward(Batch batch) {
    List<float[]> rows = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      TestCache.Sequence sequence = (TestCache.Sequence) batch.sequence(i);
      if (batch.output(i) == RowOutput.LOGITS) {
        rows.add(logits(sequence, batch.position(i)));
      }
    }
    return new Rows(rows);
  }

  private float[] logits(TestCache.Sequence sequence, int position) {
    int[] ids = new int[position + 1];
    for (int i = 0; i <= position; i++) {
      ids[i] = sequence.token(i);
    }
    float[] row = new float[tokenizer.size()];
    String ends = ",\"]}";
    for (int i = 0; i < ends.length(); i++) {
      row[ends.charAt(i)] = 1 + i;
    }
    row[MarkedTokenizer.END_TOKEN] = 6;
    String wanted = wish.apply(tokenizer.decode(TokenIds.of(ids), true));
    boolean withinCharacter = ids[position] >= 0xC0 && ids[position] < MarkedTokenizer.END_TOKEN;
    row[tokenizer.encode(wanted, false, true).get(withinCharacter ? 1 : 0)] = 9;
    return row;
  }

  @Override
  public ModelConfig config() {
    return new ModelConfig("willful", tokenizer.size(), 2, 1, 1000, Pooling.NONE);
  }

  @Override
  public KvCache newCache(long capacityTokens) {
    return new TestCache(capacityTokens);
  }

  @Override
  public int maxBatchTokens() {
    return 64;
  }

  @Override
  public void close() {}

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
