package dev.flyball.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.evaluate.LogitProbe;
import dev.flyball.engine.evaluate.LogitProbe.TokenLogit;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.units.TokenIds;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogitProbeTest {
  private static final TokenIds IDS = TokenIds.of(3, 1, 4, 1, 5, 9, 2, 6);

  @TempDir private Path folder;

  private Path write(Map<String, Object> keys) {
    return new TinyLlama(new Random(7), keys, Set.of()).write(folder.resolve("tiny.gguf"));
  }

  private LogitProbe open(int poolingType, int maxBatchTokens) {
    return LogitProbe.open(
        write(Map.of("pooling_type", poolingType)), new ModelOptions(1, maxBatchTokens));
  }

  @Test
  void idsOutsideOfTheVocabularyAreRefusedByIndex() {
    try (LogitProbe probe = open(0, 256)) {
      assertThatThrownBy(() -> probe.logits(TokenIds.of(1, 50)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("token id 50 at index 1 is not in 0 to 49");
      assertThatThrownBy(() -> probe.greedy(TokenIds.of(-1), 2))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> probe.pooled(TokenIds.empty()))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void greedyTakesTheLargestLogitAndSaysHowCertainItIs() {
    try (LogitProbe probe = open(0, 256)) {
      TokenIds text = IDS;
      for (LogitProbe.GreedyToken next : probe.greedy(IDS, 5)) {
        List<TokenLogit> top = LogitProbe.top(probe.logits(text), 2);
        assertThat(next.token()).isEqualTo(top.get(0).token());
        assertThat(next.margin()).isCloseTo(top.get(0).logit() - top.get(1).logit(), within(1e-4f));
        int[] longer = Arrays.copyOf(text.toArray(), text.size() + 1);
        longer[text.size()] = next.token();
        text = TokenIds.of(longer);
      }
    }
  }

  @Test
  void topIsSortedAndPrefersTheSmallerIdOfEquals() {
    float[] logits = {1, 5, 3, 5, -2};
    assertThat(LogitProbe.top(logits, 3))
        .containsExactly(new TokenLogit(1, 5), new TokenLogit(3, 5), new TokenLogit(2, 3));
    assertThat(LogitProbe.top(logits, 9)).hasSize(5);
  }

  @Test
  void poolingTakesTheMeanTheFirstOrTheLastHiddenVector() {
    float[][] hidden = hiddenVectors();
    float[] mean = new float[24];
    for (float[] vector : hidden) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += vector[i] / hidden.length;
      }
    }
    // NONE is pooled as the mean; batches of 3 make the text span several steps
    float[][] expected = {mean, mean, hidden[0], hidden[IDS.size() - 1]};
    for (int type = 0; type < expected.length; type++) {
      try (LogitProbe probe = open(type, 3)) {
        assertThat(probe.isPooled()).isEqualTo(type != 0);
        assertThat(probe.pooled(IDS)).containsExactly(expected[type], within(1e-4f));
      }
    }
  }

  private float[][] hiddenVectors() {
    try (LanguageModel model =
            ModelFamilies.load(GgufFile.open(write(Map.of())), ModelOptions.threads(1));
        KvCache cache = model.newCache(IDS.size());
        KvSequence sequence = cache.tryReserve(IDS.size()).orElseThrow()) {
      Batch batch = new Batch(model.maxBatchTokens());
      IDS.stream().forEach(id -> batch.add(sequence, id, RowOutput.HIDDEN));
      StepOutput output = model.forward(batch);
      float[][] rows = new float[output.rows()][];
      for (int i = 0; i < rows.length; i++) {
        int offset = output.offset(i);
        rows[i] = Arrays.copyOfRange(output.values(i), offset, offset + output.length(i));
      }
      return rows;
    }
  }

  @Test
  void rowsComeInTheBatchsOrderWhateverTheyAre() {
    float[][] hidden = hiddenVectors();
    try (LanguageModel model =
            ModelFamilies.load(GgufFile.open(write(Map.of())), ModelOptions.threads(1));
        KvCache cache = model.newCache(IDS.size());
        KvSequence sequence = cache.tryReserve(IDS.size()).orElseThrow()) {
      Batch batch = new Batch(model.maxBatchTokens());
      RowOutput[] wanted = {RowOutput.LOGITS, RowOutput.HIDDEN, RowOutput.NONE};
      for (int i = 0; i < IDS.size(); i++) {
        batch.add(sequence, IDS.get(i), wanted[i % 3]);
      }
      StepOutput output = model.forward(batch);
      assertThat(output.rows()).isEqualTo(6);
      for (int row = 0; row < 6; row++) {
        assertThat(output.length(row)).isEqualTo(row % 2 == 0 ? 50 : 24);
      }
      int second = output.offset(3);
      assertThat(Arrays.copyOfRange(output.values(3), second, second + 24))
          .containsExactly(hidden[4], within(1e-5f));
      assertThatThrownBy(() -> output.values(6)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void batchesThatDoNotBelongToTheModelAreRefused() {
    try (LanguageModel model =
            ModelFamilies.load(GgufFile.open(write(Map.of())), new ModelOptions(1, 2));
        LanguageModel other =
            ModelFamilies.load(
                GgufFile.open(write(Map.of("attention.head_count_kv", 4))),
                new ModelOptions(1, 2));
        KvCache cache = model.newCache(8);
        KvCache foreign = other.newCache(8);
        KvSequence sequence = cache.tryReserve(8).orElseThrow();
        KvSequence stranger = foreign.tryReserve(8).orElseThrow()) {
      Batch batch = new Batch(3);
      assertThatThrownBy(() -> model.forward(batch)).isInstanceOf(IllegalArgumentException.class);
      batch.add(sequence, 50, RowOutput.NONE);
      assertThatThrownBy(() -> model.forward(batch)).hasMessageContaining("token id 50");
      batch.clear();
      batch.add(stranger, 1, RowOutput.NONE);
      assertThatThrownBy(() -> model.forward(batch)).hasMessageContaining("foreign cache");
      batch.clear();
      for (int i = 0; i < 3; i++) {
        batch.add(sequence, i, RowOutput.NONE);
      }
      assertThatThrownBy(() -> model.forward(batch)).hasMessageContaining("batch of 3 tokens");
    }
  }
}
