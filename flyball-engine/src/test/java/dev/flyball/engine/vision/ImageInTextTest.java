package dev.flyball.engine.vision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.Batch;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.EmbeddedSpan;
import dev.flyball.engine.model.LanguageModel;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.engine.model.StepOutput;
import dev.flyball.engine.model.family.ModelFamilies;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Text around vectors that see each other, against llama.cpp's logits for the same vectors. */
final class ImageInTextTest {
  private static final int[] BEFORE = {
    1, 5, 125, 123, 109, 122, 18, 84, 119, 119, 115, 40, 105, 124, 40, 124, 112, 113, 123, 66, 40,
    7, 3
  };
  private static final int[] BEHIND = {
    4, 7, 95, 112, 105, 124, 40, 113, 123, 40, 113, 124, 71, 6, 18, 5, 117, 119, 108, 109, 116, 18
  };
  private static final int VECTORS = 9;

  /**
   * @param most tokens of a step; the vectors are in one step whatever it is
   */
  @ParameterizedTest
  @CsvSource({"EXACT, 64", "EXACT, 9", "FAST, 64", "FAST, 10"})
  void logitsAgreeWithTheReference(Precision precision, int most) {
    float[] reference = VisionModelTest.floats("wide.logits.f32");
    List<float[]> rows = logits(precision, most);
    double worst = 0;
    int vocabulary = rows.getFirst().length;
    for (int row = 0; row < rows.size(); row++) {
      for (int i = 0; i < vocabulary; i++) {
        double difference = Math.abs(rows.get(row)[i] - reference[row * vocabulary + i]);
        worst = Math.max(worst, difference);
      }
    }
    assertThat(rows).hasSize(BEHIND.length);
    assertThat(worst).isLessThan(0.01);
  }

  private static List<float[]> logits(Precision precision, int most) {
    float[] vectors = VisionModelTest.floats("wide.vectors.f32");
    EmbeddedSpan span = new EmbeddedSpan(BEFORE.length, VECTORS, vectors);
    int length = BEFORE.length + VECTORS + BEHIND.length;
    GgufFile file = GgufFile.open(VisionModelTest.resource("tiny-gemma3.gguf"));
    List<float[]> rows = new ArrayList<>();
    try (LanguageModel model =
            ModelFamilies.load(file, new ModelOptions(2, Math.max(most, VECTORS), precision));
        KvCache cache = model.newCache(length);
        KvSequence sequence = cache.tryReserve(length).orElseThrow()) {
      Batch batch = new Batch(model.maxBatchTokens());
      int at = 0;
      while (at < length) {
        batch.clear();
        int end = Math.min(length, at + most);
        if (end > span.first() && end < span.end()) {
          end = at < span.first() ? span.first() : span.end();
        }
        for (; at < end; at++) {
          if (at < span.first()) {
            batch.add(sequence, BEFORE[at], RowOutput.NONE);
          } else if (at < span.end()) {
            batch.addEmbedded(sequence, 0, at, span, RowOutput.NONE);
          } else {
            batch.add(sequence, BEHIND[at - span.end()], RowOutput.LOGITS);
          }
        }
        StepOutput output = model.forward(batch);
        batch.computed();
        for (int row = 0; row < output.rows(); row++) {
          float[] values = new float[output.length(row)];
          System.arraycopy(output.values(row), output.offset(row), values, 0, values.length);
          rows.add(values);
        }
      }
    }
    return rows;
  }
}
