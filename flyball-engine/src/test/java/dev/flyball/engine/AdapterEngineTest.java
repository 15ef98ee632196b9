package dev.flyball.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.engine.adapter.AdapterFile;
import dev.flyball.engine.adapter.AdapterInfo;
import dev.flyball.engine.adapter.AdapterOptions;
import dev.flyball.engine.adapter.AdapterWish;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.LanguageModel;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.engine.model.TinyAdapter;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.engine.sample.SamplingParams;
import dev.flyball.units.TokenIds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterEngineTest {
  private static final Path DEMO =
      SharedFolder.repositoryRoot().resolve("models/fable-5m-q8_0.gguf");
  private static final Path TINY =
      SharedFolder.repositoryRoot()
          .resolve("flyball-engine/src/test/resources/golden/logits/models/llama-bias.gguf");
  private static final TokenIds PROMPT =
      TokenIds.of(new Random(7).ints(70, 0, TestTokenizer.END).toArray());
  private static final int TOKENS = 12;

  @TempDir private Path folder;

  @Test
  void requestsWithDifferentAdaptersAreAnsweredTogetherAsAlone() {
    List<AdapterFile> files = List.of(file("a", 1, 16), file("b", 2, 8), file("c", 3, 4));
    List<AdapterWish> wishes =
        List.of(
            AdapterWish.NONE,
            wish("a"),
            wish("b"),
            wish("c"),
            AdapterWish.USUAL,
            AdapterWish.of(Map.of("a", 0.5f, "c", 0.25f)),
            wish("b"),
            AdapterWish.NONE);
    List<String> alone = new ArrayList<>();
    try (Engine engine = open(files)) {
      wishes.forEach(wish -> alone.add(run(engine, wish).text()));
    }
    assertThat(new HashSet<>(alone)).hasSize(5);
    try (Engine engine = open(files)) {
      List<RecordingListener> together = wishes.stream().map(wish -> submit(engine, wish)).toList();
      together.forEach(RecordingListener::endings);
      assertThat(together.stream().map(RecordingListener::text)).isEqualTo(alone);
      assertThat(engine.adapters().list()).allMatch(info -> info.users() == 0);
    }
  }

  @Test
  void prefixesAreSharedByThoseWithTheSameAdaptersAndScalesOnly() {
    try (Engine engine = open(List.of(file("a", 1, 16), file("b", 2, 16)))) {
      assertThat(cached(engine, AdapterWish.NONE)).isZero();
      assertThat(cached(engine, wish("a"))).isZero();
      assertThat(cached(engine, wish("b"))).isZero();
      assertThat(cached(engine, AdapterWish.of(Map.of("a", 0.5f)))).isZero();
      assertThat(cached(engine, AdapterWish.of(Map.of("a", 1f, "b", 1f)))).isZero();
      int whole = cached(engine, AdapterWish.NONE);
      assertThat(whole).isPositive();
      assertThat(cached(engine, wish("a"))).isEqualTo(whole);
      assertThat(cached(engine, AdapterWish.USUAL)).isEqualTo(whole);
      assertThat(cached(engine, AdapterWish.of(Map.of("b", 0f)))).isEqualTo(whole);
    }
  }

  @Test
  void anotherAdapterOfTheSameNameFindsNothingAndTheSameUnderAnotherNameAll() {
    try (Engine engine = open(List.of(file("a", 1, 16)))) {
      assertThat(cached(engine, wish("a"))).isZero();
      assertThat(engine.adapters().unload("a")).isTrue();
      engine.adapters().load(file("a", 2, 16));
      assertThat(cached(engine, wish("a"))).isZero();
      engine.adapters().load(file("again", 1, 16));
      assertThat(cached(engine, wish("again"))).isPositive();
    }
  }

  @Test
  void adaptersOfTheOptionsAreLoadedWithTheModelAndCountAsItsMemory() {
    Path path = TinyAdapter.of(DEMO, new Random(1), "attn_", 4).write(folder.resolve("demo.gguf"));
    AdapterFile file = new AdapterFile("a", path, 0.5f);
    EngineOptions options =
        EngineOptions.DEFAULT.withAdapters(new AdapterOptions(List.of(file), 1));
    LocalEngines engines = new LocalEngines();
    assertThat(engines.estimate(DEMO, options).weights())
        .isEqualTo(engines.estimate(DEMO, EngineOptions.DEFAULT).weights() + file.sizeBytes());
    try (Engine engine = engines.load(DEMO, options)) {
      assertThat(engine.adapters().list())
          .containsExactly(new AdapterInfo(file, 4, file.sizeBytes(), 0));
    }
    EngineOptions unfit =
        EngineOptions.DEFAULT.withAdapters(new AdapterOptions(List.of(file("x", 1, 4)), 1));
    assertThatThrownBy(() -> engines.load(DEMO, unfit))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("load the adapter with the model that it was trained on");
  }

  @Test
  void whoChoosesNoneGetsThoseThatHaveAScale() {
    try (Engine engine = open(List.of(file("a", 1, 16)))) {
      String plain = run(engine, AdapterWish.NONE).text();
      String adapted = run(engine, wish("a")).text();
      assertThat(run(engine, AdapterWish.USUAL).text()).isEqualTo(plain);
      engine.adapters().setUsual(Map.of("a", 1f));
      assertThat(run(engine, AdapterWish.USUAL).text()).isEqualTo(adapted);
      assertThat(run(engine, AdapterWish.NONE).text()).isEqualTo(plain);
      assertThatThrownBy(() -> engine.adapters().setUsual(Map.of("x", 1f)))
          .hasMessageContaining("there is no adapter \"x\"");
    }
  }

  /** Loads and unloads under one name by turns, while clients use whatever is there. */
  @Test
  void swappingUnderLoadGivesEveryRequestOneAdapterFromItsBeginToItsEnd() throws Exception {
    List<AdapterFile> versions = List.of(file("x", 1, 16), file("x", 2, 4));
    Set<String> possible = new HashSet<>();
    for (AdapterFile version : versions) {
      try (Engine engine = open(List.of(version))) {
        possible.add(run(engine, wish("x")).text());
      }
    }
    assertThat(possible).hasSize(2);
    AtomicBoolean over = new AtomicBoolean();
    try (Engine engine = open(List.of(versions.getFirst()));
        ExecutorService clients = Executors.newFixedThreadPool(4)) {
      String plain = run(engine, AdapterWish.NONE).text();
      List<Future<Set<String>>> answers = new ArrayList<>();
      for (int client = 0; client < 3; client++) {
        answers.add(clients.submit(() -> answers(engine, wish("x"))));
      }
      Future<Set<String>> others = clients.submit(() -> answers(engine, AdapterWish.NONE));
      Thread swapper = Thread.ofPlatform().start(() -> swap(engine, versions, over));
      for (Future<Set<String>> answer : answers) {
        assertThat(possible).containsAll(answer.get());
      }
      assertThat(others.get()).containsExactly(plain);
      over.set(true);
      swapper.join();
      assertThat(engine.adapters().list()).allMatch(info -> info.users() == 0);
    }
  }

  private static void swap(Engine engine, List<AdapterFile> versions, AtomicBoolean over) {
    for (int turn = 1; !over.get(); turn++) {
      engine.adapters().unload("x");
      engine.adapters().load(versions.get(turn % versions.size()));
    }
  }

  private static Set<String> answers(Engine engine, AdapterWish wish) {
    Set<String> texts = new HashSet<>();
    for (int round = 0; round < 12; round++) {
      RecordingListener listener = new RecordingListener();
      if (engine.submit(request(wish), listener) instanceof Submission.Accepted) {
        listener.endings();
        texts.add(listener.text());
      }
    }
    return texts;
  }

  @Test
  void anAdapterLeavesWithTheLastRequestThatHasIt() {
    try (Engine engine = open(List.of(file("a", 1, 16)), 1)) {
      CountDownLatch gate = new CountDownLatch(1);
      RecordingListener first = held(gate);
      assertThat(engine.submit(request(wish("a")), first)).isInstanceOf(Submission.Accepted.class);
      assertThat(engine.adapters().list()).extracting(AdapterInfo::users).containsExactly(1);
      assertThat(engine.adapters().unload("a")).isTrue();
      assertThat(engine.adapters().list()).isEmpty();
      assertThat(engine.submit(request(wish("a")), new RecordingListener()))
          .isEqualTo(new Submission.UnknownAdapter("a"));
      assertThatThrownBy(() -> engine.adapters().load(file("b", 2, 4)))
          .isInstanceOf(EngineException.class)
          .hasMessageContaining("1 adapters are loaded, as many as there may be");
      gate.countDown();
      first.endings();
      assertThat(engine.adapters().load(file("b", 2, 4)).rank()).isEqualTo(4);
    }
  }

  /** Holds the engine's thread at its first token. */
  private static RecordingListener held(CountDownLatch gate) {
    return new RecordingListener() {
      @Override
      public void onDelta(GenerationDelta delta) {
        try {
          gate.await();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
        super.onDelta(delta);
      }
    };
  }

  @Test
  void aNameIsGivenOnceAndAFailedLoadTakesNoPlace() {
    try (Engine engine = open(List.of(file("a", 1, 16)), 2)) {
      assertThatThrownBy(() -> engine.adapters().load(file("a", 1, 16)))
          .hasMessageContaining("an adapter \"a\" is loaded already");
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> engine.adapters().load(new AdapterFile("m", DEMO, 0)))
            .hasMessageContaining("general.type is \"model\"");
        assertThatThrownBy(
                () -> engine.adapters().load(new AdapterFile("n", folder.resolve("none.gguf"), 0)))
            .hasMessageContaining("none.gguf");
      }
      engine.adapters().load(file("b", 2, 4));
      assertThat(engine.adapters().unload("c")).isFalse();
    }
  }

  private Engine open(List<AdapterFile> files) {
    return open(files, 16);
  }

  /** With weights in floats, so that what runs beside a request does not change how it rounds. */
  private static Engine open(List<AdapterFile> files, int most) {
    EngineOptions options =
        new EngineOptions(0, 8, 64, 2).withAdapters(new AdapterOptions(List.of(), most));
    LanguageModel model =
        ModelFamilies.load(GgufFile.open(TINY), new ModelOptions(2, 64, Precision.FAST));
    int context = model.config().contextLength();
    Engine engine =
        new LocalEngine(
            new ModelInfo("llama", "tiny", "F32", 0, 0, context, context, 1),
            new TestTokenizer(),
            Optional.empty(),
            model,
            model.newCache(16L * context),
            TestEngine.guessing(),
            options,
            System::nanoTime,
            () -> 1);
    files.forEach(engine.adapters()::load);
    return engine;
  }

  private AdapterFile file(String name, long seed, int rank) {
    Path path =
        TinyAdapter.of(TINY, new Random(seed), "attn_|ffn_", rank)
            .write(folder.resolve(name + seed + ".gguf"));
    return new AdapterFile(name, path, 0);
  }

  private static AdapterWish wish(String name) {
    return AdapterWish.of(Map.of(name, 1f));
  }

  private static int cached(Engine engine, AdapterWish wish) {
    return run(engine, wish).result().usage().cached();
  }

  private static RecordingListener run(Engine engine, AdapterWish wish) {
    RecordingListener listener = submit(engine, wish);
    listener.endings();
    return listener;
  }

  private static RecordingListener submit(Engine engine, AdapterWish wish) {
    RecordingListener listener = new RecordingListener();
    assertThat(engine.submit(request(wish), listener)).isInstanceOf(Submission.Accepted.class);
    return listener;
  }

  private static GenerationRequest request(AdapterWish wish) {
    return new GenerationRequest(
            "adapted", PROMPT, SamplingParams.GREEDY, TOKENS, List.of(), true, false, 0)
        .withAdapters(wish);
  }
}
