package dev.flyball.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.flyball.engine.cache.CacheDirectory;
import dev.flyball.engine.cache.CacheType;
import dev.flyball.engine.cache.CacheWish;
import dev.flyball.engine.cache.KvNamespace;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.LanguageModel;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.engine.sample.SamplingParams;
import dev.flyball.engine.sample.TokenLogprob;
import dev.flyball.units.TokenIds;
import dev.flyball.units.TokenUsage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Answers are the same whether a prompt's beginning was computed or found. */
class SharedPrefixTest {
  private static final Path DEMO =
      SharedFolder.repositoryRoot().resolve("models/fable-5m-q8_0.gguf");
  private static final Path TINY =
      SharedFolder.repositoryRoot()
          .resolve("flyball-engine/src/test/resources/golden/logits/models/llama-bias.gguf");
  private static final String STORY =
      "Once upon a time there was a miller who had a beautiful daughter, and one day the king came"
          + " by and asked for bread. The miller said that his daughter could spin straw into gold. ";

  @ParameterizedTest
  @EnumSource(CacheType.class)
  void generatedCodeGivesTheSameAnswerOverAFoundPrefix(CacheType type) {
    try (Engine engine = new LocalEngines().load(DEMO, EngineOptions.DEFAULT.withCacheType(type))) {
      TokenIds prompt = engine.tokenizer().encode(STORY.repeat(2) + "Then the king", true, true);
      RecordingListener first = run(engine, prompt, 40);
      RecordingListener second = run(engine, prompt, 40);
      assertThat(first.result().usage()).isEqualTo(new TokenUsage(prompt.size(), 0, 40));
      assertThat(second.result().usage())
          .isEqualTo(new TokenUsage(prompt.size(), (prompt.size() - 1) / 32 * 32, 40));
      assertThat(second.text()).isEqualTo(first.text());
    }
  }

  @Test
  void whatAnAnswerComputedIsFoundByTheNextTurn() {
    try (Engine engine = new LocalEngines().load(DEMO, EngineOptions.DEFAULT)) {
      TokenIds prompt = engine.tokenizer().encode(STORY, true, true);
      RecordingListener first = run(engine, prompt, 50);
      TokenIds next =
          TokenIds.of(
              IntStream.concat(prompt.stream(), first.tokens().stream())
                  .limit(prompt.size() + 45)
                  .toArray());
      TokenUsage usage = run(engine, next, 5).result().usage();
      assertThat(usage.cached())
          .isEqualTo((next.size() - 1) / 32 * 32)
          .isGreaterThan(prompt.size());
    }
  }

  @Test
  void theExactPathGivesTheSameProbabilitiesButForRounding() {
    LanguageModel model = ModelFamilies.load(GgufFile.open(TINY), ModelOptions.threads(2));
    int context = model.config().contextLength();
    ModelInfo info = new ModelInfo("llama", "tiny", "F32", 0, 0, context, context, 1);
    TestTokenizer tokenizer = new TestTokenizer();
    EngineOptions options = new EngineOptions(0, 4, 8, 2);
    try (Engine engine =
        new LocalEngine(
            info,
            tokenizer,
            Optional.empty(),
            model,
            model.newCache(4L * context),
            TestEngine.guessing(),
            options,
            System::nanoTime,
            () -> 1)) {
      int[] ids = new Random(5).ints(100, 0, TestTokenizer.END).toArray();
      RecordingListener first = run(engine, TokenIds.of(ids), 20);
      RecordingListener second = run(engine, TokenIds.of(ids), 20);
      assertThat(second.result().usage().cached()).isEqualTo(96);
      assertThat(second.tokens()).isEqualTo(first.tokens());
      for (int i = 0; i < 20; i++) {
        assertThat(scores(second).get(i).logprob())
            .isCloseTo(scores(first).get(i).logprob(), within(1e-4f));
      }
    }
  }

  @Test
  void aConversationGoesOnAfterARestart(@TempDir Path folder) {
    EngineOptions options =
        EngineOptions.DEFAULT.withCacheDirectory(Optional.of(new CacheDirectory(folder, 64 << 20)));
    TokenIds prompt;
    String answer;
    try (Engine engine = new LocalEngines().load(DEMO, options)) {
      prompt = engine.tokenizer().encode(STORY.repeat(3), true, true);
      answer = run(engine, prompt, 30).text();
    }
    try (Engine engine = new LocalEngines().load(DEMO, options)) {
      RecordingListener after = run(engine, prompt, 30);
      assertThat(after.result().usage().cached()).isEqualTo((prompt.size() - 1) / 32 * 32);
      assertThat(after.text()).isEqualTo(answer);
    }
    EngineOptions bytes = options.withCacheType(CacheType.Q8_0);
    try (Engine engine = new LocalEngines().load(DEMO, bytes)) {
      assertThat(run(engine, prompt, 5).result().usage().cached()).isZero();
    }
  }

  @Test
  void requestsChooseHowTheirKeysAndValuesAreKeptAndShareWithTheirLikeOnly() {
    try (Engine engine = new LocalEngines().load(DEMO, EngineOptions.DEFAULT)) {
      assumeTrue(
          engine.cacheFor(CacheType.AUTOMATIC, 1).storage().isNative(), "no generated code here");
      TokenIds prompt = engine.tokenizer().encode(STORY.repeat(2), true, true);
      int whole = (prompt.size() - 1) / 32 * 32;
      CacheWish usual = CacheWish.DEFAULT;
      CacheWish bytes = usual.with(CacheType.Q8_0);
      CacheWish apart = new CacheWish(CacheType.AUTOMATIC, new KvNamespace("apart"));
      assertThat(cached(engine, prompt, usual)).isZero();
      assertThat(cached(engine, prompt, bytes)).isZero();
      assertThat(cached(engine, prompt, apart)).isZero();
      assertThat(cached(engine, prompt, usual)).isEqualTo(whole);
      assertThat(cached(engine, prompt, bytes)).isEqualTo(whole);
      assertThat(cached(engine, prompt, apart)).isEqualTo(whole);
    }
  }

  private static int cached(Engine engine, TokenIds prompt, CacheWish wish) {
    RecordingListener listener = new RecordingListener();
    GenerationRequest request =
        new GenerationRequest("wish", prompt, SamplingParams.GREEDY, 3, List.of(), true, false, 0);
    assertThat(engine.submit(request.withCache(wish), listener))
        .isInstanceOf(Submission.Accepted.class);
    return listener.result().usage().cached();
  }

  @Test
  void aPinnedPrefixIsFoundWhateverCameBefore() {
    try (Engine engine = new LocalEngines().load(DEMO, new EngineOptions(512, 2, 64, 2))) {
      TokenIds prefix = engine.tokenizer().encode(STORY.repeat(2), true, true);
      int blocks = prefix.size() / 32 * 32;
      assertThat(engine.pin(prefix).join()).isEqualTo(blocks).isPositive();
      for (int i = 0; i < 6; i++) {
        run(engine, engine.tokenizer().encode(i + STORY.repeat(6), true, true), 2);
      }
      TokenIds prompt = engine.tokenizer().encode(STORY.repeat(2) + "Then", true, true);
      assertThat(run(engine, prompt, 2).result().usage().cached()).isEqualTo(blocks);
    }
  }

  @Test
  void manyRequestsOverOneSystemPromptComputeItOnce() {
    try (Engine engine = new LocalEngines().load(DEMO, EngineOptions.DEFAULT)) {
      List<RecordingListener> listeners = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        RecordingListener listener = new RecordingListener();
        String prompt = STORY.repeat(4) + "Number " + i + " said";
        submit(engine, engine.tokenizer().encode(prompt, true, true), 8, listener);
        listeners.add(listener);
      }
      int system = engine.tokenizer().encode(STORY.repeat(4), true, true).size();
      int own = 0;
      int computed = 0;
      for (RecordingListener listener : listeners) {
        TokenUsage usage = listener.result().usage();
        computed += usage.prompt() - usage.cached();
        own += usage.prompt() - system / 32 * 32;
      }
      assertThat(computed).isLessThanOrEqualTo(own + system / 32 * 32);
    }
  }

  private static RecordingListener run(Engine engine, TokenIds prompt, int tokens) {
    RecordingListener listener = new RecordingListener();
    submit(engine, prompt, tokens, listener);
    listener.result();
    return listener;
  }

  private static void submit(
      Engine engine, TokenIds prompt, int tokens, RecordingListener listener) {
    GenerationRequest request =
        new GenerationRequest(
            "shared", prompt, SamplingParams.GREEDY, tokens, List.of(), true, true, 3);
    assertThat(engine.submit(request, listener)).isInstanceOf(Submission.Accepted.class);
  }

  private static List<TokenLogprob> scores(RecordingListener listener) {
    return listener.deltas().stream().flatMap(delta -> delta.logprobs().stream()).toList();
  }
}
