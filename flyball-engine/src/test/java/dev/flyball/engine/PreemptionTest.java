package dev.flyball.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.engine.cache.CacheDirectory;
import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.LanguageModel;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.engine.sample.SamplingParams;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.engine.tokenizer.Tokenizers;
import dev.flyball.units.TokenIds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests lose their memory to others, and nobody notices but by the time it takes. */
class PreemptionTest {
  private static final int CONTEXT = 160;

  /** Of vectors whose tokens were pooled in other chunks: sums in another order. */
  private static final Offset<Float> ROUNDING = Offset.offset(1e-5f);

  @Test
  void aGenerationThatLostItsMemoryGoesOnWhereItWas() {
    TestModel model = new TestModel();
    EngineOptions options = new EngineOptions(0, 4, 64, 1);
    try (TestEngine engine =
        new TestEngine(model, new TestTokenizer(), TestEngine.CONTEXT, options)) {
      List<RecordingListener> listeners = new ArrayList<>();
      try (Gate gate = Gate.before(model, () -> {})) {
        engine.submit(seeded("z", 0), new RecordingListener());
        gate.awaitStep();
        for (int i = 1; i < 12; i++) {
          listeners.add(new RecordingListener());
          engine.submit(seeded("w".repeat(i), i), listeners.getLast());
        }
      }
      int preemptions = 0;
      for (int i = 1; i < 12; i++) {
        GenerationResult result = listeners.get(i - 1).result();
        preemptions += result.trace().preemptions();
        assertThat(result.usage().output()).isEqualTo(25);
        assertThat(listeners.get(i - 1).text()).isEqualTo(alone(seeded("w".repeat(i), i)));
      }
      assertThat(preemptions).isPositive();
    }
  }

  @Test
  void onTheExactPathPreemptedAnswersAreBitIdentical() {
    List<GenerationRequest> requests = new ArrayList<>();
    try (LocalEngine roomy = demo(Precision.EXACT, 8 * CONTEXT)) {
      for (int i = 0; i < 3; i++) {
        requests.add(request(roomy.tokenizer(), "Once upon a time there were " + i, 32, i));
      }
      List<RecordingListener> expected = new ArrayList<>();
      for (GenerationRequest request : requests) {
        expected.add(submit(roomy, request, () -> {}));
        expected.getLast().result();
      }
      try (LocalEngine tight = demo(Precision.EXACT, CONTEXT)) {
        List<RecordingListener> actual =
            requests.stream().map(request -> submit(tight, request, () -> {})).toList();
        for (int i = 0; i < requests.size(); i++) {
          assertThat(actual.get(i).result().usage().output()).isEqualTo(32);
          assertThat(actual.get(i).tokens()).isEqualTo(expected.get(i).tokens());
          assertThat(actual.get(i).deltas()).isEqualTo(expected.get(i).deltas());
        }
        assertThat(actual.stream().mapToInt(a -> a.result().trace().preemptions()).sum())
            .isPositive();
      }
    }
  }

  @Test
  void withAFileTheReceiptSaysWhatWasCheaper(@TempDir Path folder) {
    GgufFile file = open();
    LanguageModel model = ModelFamilies.load(file, options(Precision.FAST));
    KvCache cache = model.newCache(CONTEXT);
    cache.keepIn(new CacheDirectory(folder, 16 << 20), "fable");
    try (LocalEngine engine = engine(file, model, cache)) {
      List<RecordingListener> listeners = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        String prompt = "Once upon a time there were " + i;
        listeners.add(submit(engine, request(engine.tokenizer(), prompt, 64, i), () -> {}));
      }
      List<String> reasons =
          listeners.stream()
              .map(listener -> listener.result().trace())
              .filter(trace -> trace.preemptions() > 0)
              .flatMap(trace -> trace.reasons().stream())
              .filter(reason -> reason.startsWith("lost its memory"))
              .toList();
      assertThat(reasons)
          .isNotEmpty()
          .allMatch(reason -> reason.matches(".*(swapped to the file|rather than read).* ms .*"));
    }
  }

  @Test
  void textsToEmbedLoseTheirMemoryTooAndGiveTheSameVector() {
    try (LocalEngine roomy = demo(Precision.EXACT, 8 * CONTEXT);
        LocalEngine tight = demo(Precision.EXACT, CONTEXT)) {
      List<CompletableFuture<float[]>> vectors = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        submit(tight, request(tight.tokenizer(), "A fox", 20, i), () -> {});
        vectors.add(tight.embed(numbered(i)));
      }
      for (int i = 0; i < 3; i++) {
        assertThat(vectors.get(i).join())
            .containsExactly(roomy.embed(numbered(i)).join(), ROUNDING);
      }
    }
  }

  @Test
  void clientsThatComeAndGoWhileMemoryIsShortLeaveNothingBehind() throws Exception {
    long seed = 5150;
    System.out.println("PreemptionTest seed " + seed);
    GgufFile file = open();
    LanguageModel model = ModelFamilies.load(file, options(Precision.FAST));
    KvCache cache = model.newCache(2 * CONTEXT);
    try (LocalEngine engine = engine(file, model, cache);
        ExecutorService clients = Executors.newFixedThreadPool(12)) {
      List<Future<Integer>> done = new ArrayList<>();
      for (int client = 0; client < 12; client++) {
        Random random = new Random(seed + client);
        done.add(clients.submit(() -> client(engine, random, cache::checkIntegrity)));
      }
      int preemptions = 0;
      for (Future<Integer> client : done) {
        preemptions += client.get();
      }
      assertThat(preemptions).isPositive();
      EngineLoad load = engine.load();
      assertThat(load.running() + load.waiting()).isZero();
      assertThat(load.cacheTokensUsed()).isZero();
    }
  }

  /** Gives how often its requests lost their memory. */
  private static int client(LocalEngine engine, Random random, Runnable onEnd) {
    int preemptions = 0;
    for (int round = 0; round < 8; round++) {
      String prompt = "The old woman said ".repeat(1 + random.nextInt(5)) + random.nextInt(3);
      int tokens = 1 + random.nextInt(80);
      RecordingListener listener = new RecordingListener();
      Generation generation =
          accepted(
              engine.submit(
                  request(engine.tokenizer(), prompt, tokens, round),
                  new Checking(listener, onEnd)));
      boolean cancelled = random.nextInt(4) == 0;
      if (cancelled) {
        generation.cancel();
      }
      GenerationResult result = listener.result();
      assertThat(listener.endings()).isEqualTo(1);
      assertThat(result.reason())
          .isIn(FinishReason.LENGTH, cancelled ? FinishReason.CANCELLED : FinishReason.LENGTH);
      if (!cancelled) {
        assertThat(result.usage().output()).isEqualTo(tokens);
      }
      preemptions += result.trace().preemptions();
    }
    return preemptions;
  }

  /** Also does something on the engine's thread at the end. */
  private record Checking(GenerationListener listener, Runnable action)
      implements GenerationListener {
    @Override
    public void onDelta(GenerationDelta delta) {
      listener.onDelta(delta);
    }

    @Override
    public void onEnd(GenerationResult result) {
      action.run();
      listener.onEnd(result);
    }

    @Override
    public void onFailure(EngineException failure) {
      listener.onFailure(failure);
    }
  }

  private static String alone(GenerationRequest request) {
    try (TestEngine engine = TestEngine.open()) {
      return engine.run(request).text();
    }
  }

  private static GenerationRequest seeded(String prompt, long seed) {
    return TestEngine.request(prompt, TestEngine.seeded(seed), 25, List.of(), false);
  }

  private static TokenIds numbered(int text) {
    return TokenIds.of(IntStream.range(0, 100).map(i -> 300 + text * 100 + i).toArray());
  }

  private static GenerationRequest request(
      Tokenizer tokenizer, String prompt, int tokens, long seed) {
    SamplingParams sampling =
        new SamplingParams(0.8, 40, 0.95, 0, 1.1, 0.1, 0.1, Map.of(), OptionalLong.of(seed));
    return new GenerationRequest(
        "r" + seed,
        tokenizer.encode(prompt, true, false),
        sampling,
        tokens,
        List.of(),
        true,
        true,
        2);
  }

  private static RecordingListener submit(
      LocalEngine engine, GenerationRequest request, Runnable onEnd) {
    RecordingListener listener = new RecordingListener();
    accepted(engine.submit(request, new Checking(listener, onEnd)));
    return listener;
  }

  private static Generation accepted(Submission submission) {
    assertThat(submission).isInstanceOf(Submission.Accepted.class);
    return ((Submission.Accepted) submission).generation();
  }

  private static GgufFile open() {
    return GgufFile.open(SharedFolder.repositoryRoot().resolve("models/fable-5m-q8_0.gguf"));
  }

  private static ModelOptions options(Precision precision) {
    return new ModelOptions(1, 64, precision);
  }

  private static LocalEngine demo(Precision precision, int cacheTokens) {
    GgufFile file = open();
    LanguageModel model = ModelFamilies.load(file, options(precision));
    return engine(file, model, model.newCache(cacheTokens));
  }

  private static LocalEngine engine(GgufFile file, LanguageModel model, KvCache cache) {
    return new LocalEngine(
        new ModelInfo("fable", "fable", "Q8_0", 0, 0, CONTEXT, 512, 256),
        Tokenizers.from(file.metadata()),
        Optional.empty(),
        model,
        cache,
        TestEngine.guessing(),
        new EngineOptions(CONTEXT, 6, 64, 1),
        System::nanoTime,
        () -> 1);
  }
}
