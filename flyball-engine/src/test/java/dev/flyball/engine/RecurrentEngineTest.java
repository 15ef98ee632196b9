package dev.flyball.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.engine.cache.CacheDirectory;
import dev.flyball.engine.cache.CacheType;
import dev.flyball.engine.sample.SamplingParams;
import dev.flyball.units.TokenIds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests to a model with recurrent layers: together, and over a prefix that is known. */
class RecurrentEngineTest {
  private static final Path MODEL =
      SharedFolder.repositoryRoot()
          .resolve("flyball-engine/src/test/resources/golden/logits/models/qwen35-f16.gguf");
  private static final EngineOptions OPTIONS =
      new EngineOptions(0, 3, 64, 2).withCacheType(CacheType.F32);
  private static final long SEED = 20_261_121;
  private static final int SYSTEM_TOKENS = 200;
  private static final int ANSWER_TOKENS = 40;

  private static List<TokenIds> prompts(int count) {
    Random random = new Random(SEED);
    int[] system = random.ints(SYSTEM_TOKENS, 0, 1000).toArray();
    return IntStream.range(0, count)
        .mapToObj(i -> random.ints(10 + 13L * i, 0, 1000))
        .map(own -> TokenIds.of(IntStream.concat(Arrays.stream(system), own).toArray()))
        .toList();
  }

  private static RecordingListener submit(Engine engine, TokenIds prompt) {
    RecordingListener listener = new RecordingListener();
    GenerationRequest request =
        new GenerationRequest(
            "recurrent", prompt, SamplingParams.GREEDY, ANSWER_TOKENS, List.of(), true, true, 1);
    assertThat(engine.submit(request, listener)).isInstanceOf(Submission.Accepted.class);
    return listener;
  }

  @Test
  void requestsTogetherAreAnsweredAsEachAlone() {
    List<TokenIds> prompts = prompts(7);
    List<TokenIds> alone = new ArrayList<>();
    for (TokenIds prompt : prompts) {
      try (Engine engine = new LocalEngines().load(MODEL, OPTIONS)) {
        RecordingListener listener = submit(engine, prompt);
        assertThat(listener.result().usage().cached()).isZero();
        alone.add(listener.tokens());
      }
    }
    try (Engine engine = new LocalEngines().load(MODEL, OPTIONS)) {
      List<RecordingListener> together =
          prompts.stream().map(prompt -> submit(engine, prompt)).toList();
      for (int i = 0; i < prompts.size(); i++) {
        together.get(i).result();
        assertThat(together.get(i).tokens()).as("request " + i).isEqualTo(alone.get(i));
      }
      RecordingListener again = submit(engine, prompts.getFirst());
      assertThat(again.result().usage().cached()).isEqualTo(SYSTEM_TOKENS / 32 * 32);
      assertThat(again.tokens()).isEqualTo(alone.getFirst());
    }
  }

  @Test
  void aConversationGoesOnAfterARestart(@TempDir Path folder) {
    EngineOptions options =
        OPTIONS.withCacheDirectory(Optional.of(new CacheDirectory(folder, 64 << 20)));
    TokenIds prompt = prompts(1).getFirst();
    List<TokenIds> answers = new ArrayList<>();
    for (int start = 0; start < 2; start++) {
      try (Engine engine = new LocalEngines().load(MODEL, options)) {
        RecordingListener listener = submit(engine, prompt);
        int known = prompt.size() / 32 * 32;
        assertThat(listener.result().usage().cached()).isEqualTo(start == 0 ? 0 : known);
        answers.add(listener.tokens());
      }
    }
    assertThat(answers.getLast()).isEqualTo(answers.getFirst());
  }
}
