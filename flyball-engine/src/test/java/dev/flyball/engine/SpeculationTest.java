package dev.flyball.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.engine.cache.CacheType;
import dev.flyball.engine.cache.CacheWish;
import dev.flyball.engine.cache.KvNamespace;
import dev.flyball.engine.grammar.Grammar;
import dev.flyball.engine.model.Pooling;
import dev.flyball.engine.sample.SamplingParams;
import dev.flyball.engine.sample.TokenLogprob;
import dev.flyball.engine.schedule.SchedulingPolicy;
import dev.flyball.engine.speculate.ModelDrafter;
import dev.flyball.engine.speculate.SpeculationMode;
import dev.flyball.engine.speculate.Speculator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** An engine with guesses says what the same engine says without them. */
class SpeculationTest {
  private static final SamplingParams WARM =
      new SamplingParams(0.9, 3, 1, 0, 1, 0, 0, Map.of(), OptionalLong.of(5));

  @Test
  void guessesChangeNoTokenWhateverIsAskedFor() {
    long seed = System.nanoTime();
    System.out.println("SpeculationTest seed " + seed);
    Random random = new Random(seed);
    int guessed = 0;
    int right = 0;
    int beside = 0;
    try (TestEngine plain = plain();
        TestEngine drafted = drafted(3, new TestModel());
        TestEngine repeating = repeating(new TestModel())) {
      for (int round = 0; round < 150; round++) {
        GenerationRequest request = randomRequest(random);
        RecordingListener expected = plain.run(request);
        for (TestEngine guessing : List.of(drafted, repeating)) {
          RecordingListener actual = guessing.run(request);
          assertThat(actual.text()).as("%s", request).isEqualTo(expected.text());
          assertThat(actual.tokens()).isEqualTo(expected.tokens());
          assertThat(scores(actual)).isEqualTo(scores(expected));
          assertThat(actual.result().reason()).isEqualTo(expected.result().reason());
          assertThat(actual.result().usage()).isEqualTo(expected.result().usage());
          guessed += actual.result().trace().draftedTokens();
          right += actual.result().trace().acceptedTokens();
          beside += rightBeside(actual) ? 1 : 0;
        }
      }
    }
    assertThat(right).isPositive().isLessThan(guessed);
    assertThat(beside).as("answers with right guesses beside the likeliest").isPositive();
  }

  @Test
  void aDraftThatAgreesIsAlwaysRightEvenWhenTokensAreDrawn() {
    try (TestEngine engine = drafted(0, new TestModel())) {
      GenerationResult result =
          engine.run(TestEngine.request("abc", WARM, 30, List.of(), false)).result();
      assertThat(result.trace().acceptedTokens()).isEqualTo(result.trace().draftedTokens());
      assertThat(result.trace().acceptedTokens()).isGreaterThan(10);
      assertThat(result.trace().decodeSteps() + result.trace().acceptedTokens()).isEqualTo(29);
      assertThat(result.trace().reasons()).anyMatch(reason -> reason.contains("guessed ahead"));
    }
  }

  @Test
  void manyAtOnceSayWhatEachSaysAlone() {
    try (TestEngine plain = plain();
        TestEngine drafted = drafted(3, new TestModel())) {
      List<RecordingListener> together = new ArrayList<>();
      List<GenerationRequest> requests = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        String prompt = Character.toString('a' + i) + "bcabc";
        GenerationRequest request =
            TestEngine.request(prompt, TestEngine.seeded(i), 20, List.of(), false);
        requests.add(request);
        RecordingListener listener = new RecordingListener();
        drafted.submit(request, listener);
        together.add(listener);
      }
      for (int i = 0; i < requests.size(); i++) {
        together.get(i).result();
        assertThat(together.get(i).text()).isEqualTo(plain.run(requests.get(i)).text());
      }
    }
  }

  @Test
  void drawnTextsKeepTheirDistribution() {
    System.out.println("SpeculationTest draws: seeds 0 to 3999 without, 4000 to 7999 with guesses");
    Map<String, int[]> counts = new HashMap<>();
    try (TestEngine plain = plain();
        TestEngine drafted = drafted(2, new TestModel())) {
      for (int i = 0; i < 4000; i++) {
        count(counts, 0, plain.run(drawn(i)));
        count(counts, 1, drafted.run(drawn(4000 + i)));
      }
    }
    double chiSquare = 0;
    for (int[] pair : counts.values()) {
      double difference = pair[0] - pair[1];
      chiSquare += difference * difference / (pair[0] + pair[1]);
    }
    assertThat(counts).hasSizeBetween(10, 27);
    // 26 degrees of freedom: 61.7 is exceeded once in ten thousand times.
    assertThat(chiSquare).isLessThan(61.7);
  }

  @Test
  void theGrammarCutsGuessesAndHoldsTheText() {
    Grammar grammar = Grammar.ofRegex("(abc|xyz){1,6}");
    try (TestEngine plain = plain();
        TestEngine drafted = drafted(3, new TestModel());
        TestEngine repeating = repeating(new TestModel())) {
      GenerationRequest request =
          TestEngine.request("abcabcxyz", WARM, 25, List.of(), false)
              .withGrammar(Optional.of(grammar));
      String expected = plain.run(request).text();
      assertThat(expected).matches("(abc|xyz){1,6}");
      RecordingListener withDraft = drafted.run(request);
      assertThat(withDraft.text()).isEqualTo(expected);
      assertThat(withDraft.result().trace().acceptedTokens()).isPositive();
      assertThat(repeating.run(request).text()).isEqualTo(expected);
    }
  }

  @Test
  void guessesBehindTheEndOfTheGenerationAreDropped() {
    try (TestEngine plain = new TestEngine(new TestModel(Pooling.NONE, 12), 4, 64);
        TestEngine drafted = drafted(0, new TestModel(Pooling.NONE, 12))) {
      GenerationRequest request = TestEngine.greedy("abc", 30);
      RecordingListener listener = drafted.run(request);
      assertThat(listener.text()).isEqualTo(plain.run(request).text());
      assertThat(listener.result().reason()).isEqualTo(FinishReason.STOP);
    }
  }

  @Test
  void aDraftModelThatFailsIsNotUsedAnyMore() {
    TestModel draft = new TestModel();
    draft.beforeStep(
        batch -> {
          throw new IllegalStateException("the draft model is broken, as this test wants it");
        });
    try (TestEngine engine = drafted(draft, new TestModel())) {
      RecordingListener listener = engine.run(TestEngine.greedy("abc", 20));
      assertThat(listener.text()).isEqualTo(TestEngine.greedyText("abc", 20));
      assertThat(listener.result().trace().draftedTokens()).isZero();
      assertThat(listener.result().trace().reasons())
          .contains("no tokens guessed ahead: the draft model failed");
    }
  }

  @Test
  void whoeverDoesNotLookAtTimeDoesNotGuess() {
    EngineOptions options = new EngineOptions(0, 4, 64, 1).withScheduler(SchedulingPolicy.FCFS);
    Speculator speculator =
        new DraftModels(() -> new FreeMemory(0, 0), Path.of("test.gguf"), options)
            .speculator(new TestTokenizer(), new TestCache(100), 40);
    try (TestEngine engine =
        new TestEngine(new TestModel(), new TestTokenizer(), 120, options, speculator)) {
      GenerationResult result = engine.run(TestEngine.greedy("abcabcabc", 20)).result();
      assertThat(result.trace().draftedTokens()).isZero();
      assertThat(result.trace().reasons()).anyMatch(reason -> reason.contains("fcfs"));
    }
  }

  private static boolean rightBeside(RecordingListener listener) {
    return listener.result().trace().reasons().stream()
        .anyMatch(reason -> reason.matches(".*; [1-9]\\d* of \\d+ beside the likeliest"));
  }

  @Test
  void guessesThatAreWrongAndSlowCostAFewPercentInTheLongRun() {
    TestModel draft = new TestModel();
    TestCache draftCache = new TestCache(8L * TestEngine.CONTEXT);
    AtomicLong clock = new AtomicLong();
    draft.beforeStep(batch -> clock.addAndGet(700));
    draft.afterStep(rows -> rows.forEach(row -> row[0] += 100));
    ModelDrafter drafter = new ModelDrafter(draft, draftCache, TestEngine.CONTEXT, clock::get);
    TestModel model = new TestModel();
    AtomicLong steps = new AtomicLong();
    try (TestEngine engine =
        engine(model, new Speculator(SpeculationMode.DRAFT, 2, Optional.of(drafter)))) {
      model.beforeStep(
          batch -> {
            steps.incrementAndGet();
            engine.nanos.addAndGet(1000);
          });
      int guessed = 0;
      for (int i = 0; i < 100; i++) {
        GenerationRequest request = TestEngine.greedy("abc" + (char) ('a' + i % 26), 35);
        guessed += engine.run(request).result().trace().draftedTokens();
      }
      assertThat(guessed).isPositive();
      assertThat(clock.get()).isLessThan(steps.get() * 1000 * 4 / 100);
    }
  }

  @Test
  void theDraftModelsCacheIsSharedByTheRequestsNamespaceOnly() {
    TestCache draftCache = new TestCache(8L * TestEngine.CONTEXT);
    ModelDrafter drafter =
        new ModelDrafter(new TestModel(), draftCache, TestEngine.CONTEXT, () -> 0);
    KvNamespace tenant = new KvNamespace("tenant a");
    try (TestEngine engine =
        engine(new TestModel(), new Speculator(SpeculationMode.DRAFT, 2, Optional.of(drafter)))) {
      engine.run(
          TestEngine.greedy("abc", 20).withCache(new CacheWish(CacheType.AUTOMATIC, tenant)));
    }
    assertThat(draftCache.namespaces()).isNotEmpty().containsOnly(tenant);
  }

  private static GenerationRequest randomRequest(Random random) {
    String word = letters(random, 1 + random.nextInt(4));
    String prompt = word.repeat(1 + random.nextInt(3));
    SamplingParams sampling =
        new SamplingParams(
            random.nextInt(3) == 0 ? 0 : random.nextDouble(0.1, 1.5),
            random.nextInt(5),
            random.nextBoolean() ? 1 : 0.9,
            random.nextBoolean() ? 0 : 0.05,
            random.nextBoolean() ? 1 : 1.2,
            random.nextBoolean() ? 0 : 0.5,
            0,
            Map.of(random.nextInt(26), random.nextDouble(-2, 6)),
            OptionalLong.of(random.nextLong()));
    List<String> stop = random.nextBoolean() ? List.of() : List.of(letters(random, 1));
    return new GenerationRequest(
        "random",
        new TestTokenizer().encode(prompt, false, false),
        sampling,
        1 + random.nextInt(27),
        stop,
        random.nextBoolean(),
        random.nextBoolean(),
        2);
  }

  private static String letters(Random random, int count) {
    return random
        .ints(count, 'a', 'z' + 1)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static GenerationRequest drawn(long seed) {
    SamplingParams sampling =
        new SamplingParams(1, 3, 1, 0, 1, 0, 0, Map.of(), OptionalLong.of(seed));
    return TestEngine.request("abc", sampling, 3, List.of(), false);
  }

  private static void count(Map<String, int[]> counts, int side, RecordingListener listener) {
    listener.result();
    counts.computeIfAbsent(listener.text(), _ -> new int[2])[side]++;
  }

  private static List<TokenLogprob> scores(RecordingListener listener) {
    return listener.deltas().stream().flatMap(delta -> delta.logprobs().stream()).toList();
  }

  private static TestEngine plain() {
    return engine(new TestModel(), Speculator.off());
  }

  private static TestEngine repeating(TestModel model) {
    return engine(model, new Speculator(SpeculationMode.NGRAM, 2, Optional.empty()));
  }

  /** Guesses by a model of the same language that errs at one in so many logits; 0: never. */
  private static TestEngine drafted(int errs, TestModel model) {
    TestModel draft = new TestModel();
    draft.afterStep(
        rows -> {
          for (float[] row : rows) {
            for (int id = 0; errs > 0 && id < TestTokenizer.END; id++) {
              row[id] += Float.floatToIntBits(row[id]) % errs == 0 ? 2 : 0;
            }
          }
        });
    return drafted(draft, model);
  }

  private static TestEngine drafted(TestModel draft, TestModel model) {
    TestCache cache = new TestCache(8L * TestEngine.CONTEXT);
    ModelDrafter drafter = new ModelDrafter(draft, cache, TestEngine.CONTEXT, () -> 0);
    return engine(model, new Speculator(SpeculationMode.DRAFT, 2, Optional.of(drafter)));
  }

  /** Steps take a microsecond each, whatever is in them. */
  private static TestEngine engine(TestModel model, Speculator speculator) {
    TestEngine engine =
        new TestEngine(
            model,
            new TestTokenizer(),
            3L * TestEngine.CONTEXT,
            new EngineOptions(0, 4, 64, 1),
            speculator);
    model.beforeStep(batch -> engine.nanos.addAndGet(1000));
    return engine;
  }
}
