package dev.flyball.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.flyball.engine.SharedFolder;
import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.engine.sparsity.GateThresholds;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A warm step that decodes takes nothing of the heap, on any thread; one of a prompt a little, the
 * same for any number of layers and tokens.
 */
class ForwardAllocationTest {
  private static final Path SHIPPED =
      SharedFolder.repositoryRoot()
          .resolve("flyball-engine/src/test/resources/golden/logits/models");
  private static final long SEED = 5;
  private static final int WARM_UP = 300;
  private static final int STEPS = 300;
  private static final int MOST_TOKENS = 64;

  /** The last layer goes on with other tokens, which takes some objects once a step. */
  private static final long MOST_BYTES_OF_A_PROMPT_STEP = 1024;

  @Test
  void warmStepsTakeNothingOfTheHeapForLayersOrTokens(@TempDir Path folder) {
    Assumptions.assumeTrue(
        InstructionSet.ofThisProcess().isPresent(), "this machine runs no generated code");
    Path path = folder.resolve("tiny.gguf");
    new TinyLlama(
            new Random(SEED), Map.of("embedding_length", 32, "feed_forward_length", 64), Set.of())
        .write(path);
    ModelOptions options = new ModelOptions(2, MOST_TOKENS, Precision.FAST);
    try (LanguageModel model = ModelFamilies.load(GgufFile.open(path), options)) {
      assertThat(leastBytesOfAStep(model, 1)).as("bytes of a step that decodes").isZero();
      for (int tokens : new int[] {2, MOST_TOKENS}) {
        assertThat(leastBytesOfAStep(model, tokens))
            .as("bytes, %d tokens of which one row is wanted", tokens)
            .isLessThan(MOST_BYTES_OF_A_PROMPT_STEP);
      }
    }
  }

  @Test
  void warmStepsThatSkipNeuronsTakeNothingOfTheHeap() {
    Assumptions.assumeTrue(
        InstructionSet.ofThisProcess().isPresent(), "this machine runs no generated code");
    GateThresholds thresholds = new GateThresholds(0.5, Collections.nCopies(6, 0.05f));
    Path path = SharedFolder.repositoryRoot().resolve("models/fable-5m-q8_0.gguf");
    ModelOptions options = new ModelOptions(2, MOST_TOKENS, Precision.FAST).withGates(thresholds);
    try (LanguageModel model = ModelFamilies.load(GgufFile.open(path), options)) {
      assertThat(leastBytesOfAStep(model, 1)).isZero();
      assertThat(thresholds.skipped()).isPositive();
    }
  }

  @Test
  void warmStepsOfRecurrentLayersTakeNothingOfTheHeap() {
    assertStepsThatDecodeTakeNothing(List.of("lfm2-q8_0", "nemotron_h-q8_0", "qwen35-f16"));
  }

  @Test
  void warmStepsOfExpertsTakeNothingOfTheHeap() {
    assertStepsThatDecodeTakeNothing(List.of("qwen3moe-q4_0", "gpt-oss-q8_0", "llama-moe-q8_0"));
  }

  private static void assertStepsThatDecodeTakeNothing(List<String> names) {
    Assumptions.assumeTrue(
        InstructionSet.ofThisProcess().isPresent(), "this machine runs no generated code");
    ModelOptions options = new ModelOptions(2, MOST_TOKENS, Precision.FAST);
    for (String name : names) {
      Path path = SHIPPED.resolve(name + ".gguf");
      try (LanguageModel model = ModelFamilies.load(GgufFile.open(path), options)) {
        assertThat(leastBytesOfAStep(model, 1)).as(name).isZero();
      }
    }
  }

  /** The least of many steps: other threads of this process may take some at any time. */
  private static long leastBytesOfAStep(LanguageModel model, int tokens) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Batch batch = new Batch(tokens);
    try (KvCache cache = model.newCache(2 * MOST_TOKENS)) {
      for (int i = 0; i < WARM_UP; i++) {
        step(model, cache, batch, tokens, threads);
      }
      long least = Long.MAX_VALUE;
      for (int i = 0; i < STEPS; i++) {
        least = Math.min(least, step(model, cache, batch, tokens, threads));
      }
      return least;
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
      long before = threads.getTotalThreadAllocatedBytes();
      model.forward(batch);
      return threads.getTotalThreadAllocatedBytes() - before;
    }
  }
}
