package dev.flyball.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.ModelOptions.Precision;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a forward pass takes of the heap once it is warm: objects that describe its calls, a few for
 * each layer and each token, and never the values themselves.
 */
class ForwardAllocationTest {
  private static final long SEED = 5;
  private static final int WARM_UP = 3000;
  private static final int STEPS = 200;
  private static final int FEW = 2;
  private static final int MANY = 64;

  /** Two layers. Their values alone, if taken anew, would be more. */
  private static final long MOST_BYTES_PER_STEP = 16_000;

  private static final long MOST_BYTES_PER_TOKEN = 640;

  @Test
  void warmStepsTakeOfTheHeapOnlyWhatDescribesTheirCalls(@TempDir Path folder) {
    Path path = folder.resolve("tiny.gguf");
    new TinyLlama(
            new Random(SEED), Map.of("embedding_length", 32, "feed_forward_length", 64), Set.of())
        .write(path);
    ModelOptions options = new ModelOptions(1, MANY, Precision.FAST);
    try (LanguageModel model = ModelFamilies.load(GgufFile.open(path), options)) {
      long few = bytesPerStep(model, FEW);
      long many = bytesPerStep(model, MANY);
      assertThat(few).as("bytes of a step of %d tokens", FEW).isLessThan(MOST_BYTES_PER_STEP);
      assertThat((many - few) / (MANY - FEW))
          .as("bytes of a further token: %d for %d tokens, %d for %d", few, FEW, many, MANY)
          .isLessThan(MOST_BYTES_PER_TOKEN);
    }
  }

  private static long bytesPerStep(LanguageModel model, int tokens) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Batch batch = new Batch(tokens);
    try (KvCache cache = model.newCache(2 * MANY)) {
      for (int i = 0; i < WARM_UP; i++) {
        step(model, cache, batch, tokens, threads);
      }
      long bytes = 0;
      for (int i = 0; i < STEPS; i++) {
        bytes += step(model, cache, batch, tokens, threads);
      }
      return bytes / STEPS;
    }
  }

  /** Runs so many tokens as a new sequence; the bytes are those of the forward pass alone. */
  private static long step(
      LanguageModel model, KvCache cache, Batch batch, int tokens, ThreadMXBean threads) {
    batch.clear();
    try (KvSequence sequence = cache.tryReserve(tokens).orElseThrow()) {
      for (int i = 0; i < tokens; i++) {
        batch.add(sequence, i % 50, i == tokens - 1 ? RowOutput.LOGITS : RowOutput.NONE);
      }
      long before = threads.getCurrentThreadAllocatedBytes();
      model.forward(batch);
      return threads.getCurrentThreadAllocatedBytes() - before;
    }
  }
}
