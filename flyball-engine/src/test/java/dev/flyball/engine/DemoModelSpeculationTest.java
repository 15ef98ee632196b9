package dev.flyball.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.LanguageModel;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.engine.sample.SamplingParams;
import dev.flyball.engine.speculate.DraftFiles;
import dev.flyball.engine.speculate.DraftVocabulary;
import dev.flyball.engine.speculate.ModelDrafter;
import dev.flyball.engine.speculate.SpeculationMode;
import dev.flyball.engine.speculate.SpeculationOptions;
import dev.flyball.engine.speculate.Speculator;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.engine.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Guesses with the model that ships and its paged cache. */
class DemoModelSpeculationTest {
  private static final Path DEMO =
      SharedFolder.repositoryRoot().resolve("models/fable-5m-q8_0.gguf");
  private static final int CONTEXT = 256;

  /** Enough steps that guesses are tried out whatever the engine thinks that they cost. */
  private static final int TOKENS = 100;

  @Test
  void onThePlainPathEveryTokenAndScoreIsTheSame() {
    Guessed unguessed = new Guessed(Speculator.off());
    Guessed repeating = new Guessed(new Speculator(SpeculationMode.NGRAM, 2, Optional.empty()));
    Guessed drafted = new Guessed(new Speculator(SpeculationMode.AUTO, 2, Optional.of(drafter())));
    List<RecordingListener> expected = unguessed.runTogether();
    int right = 0;
    for (Guessed guessed : List.of(repeating, drafted)) {
      List<RecordingListener> actual = guessed.runTogether();
      for (int i = 0; i < actual.size(); i++) {
        assertThat(actual.get(i).tokens()).isEqualTo(expected.get(i).tokens());
        assertThat(scores(actual.get(i))).isEqualTo(scores(expected.get(i)));
        right += actual.get(i).result().trace().acceptedTokens();
      }
    }
    assertThat(right).isPositive();
    unguessed.close();
    repeating.close();
    drafted.close();
  }

  @Test
  void aDraftModelFromAFileGuessesForAnEngine() {
    SpeculationOptions options =
        SpeculationOptions.of(SpeculationMode.DRAFT, DraftFiles.ofAll(DEMO));
    EngineOptions engineOptions = new EngineOptions(128, 2, 4, 1).withSpeculation(options);
    LocalEngines engines = new LocalEngines();
    assertThat(engines.estimate(DEMO, engineOptions).weights())
        .isEqualTo(2 * engines.estimate(DEMO, new EngineOptions(128, 2, 4, 1)).weights());
    try (Engine engine = engines.load(DEMO, engineOptions)) {
      RecordingListener listener = new RecordingListener();
      engine.submit(request(engine.tokenizer(), "Once upon a time", 0, 32), listener);
      assertThat(listener.result().usage().output()).isEqualTo(32);
      assertThat(listener.text()).startsWith(" there lived a king who had three sons.");
    }
  }

  @Test
  void aDraftModelWithOtherTokensIsRefused() {
    try (GgufFile file = GgufFile.open(DEMO)) {
      Tokenizer demo = Tokenizers.from(file.metadata());
      assertThatThrownBy(() -> DraftVocabulary.check(demo, new TestTokenizer()))
          .isInstanceOfSatisfying(
              EngineException.class,
              e -> assertThat(e.error()).isEqualTo(EngineError.UNSUPPORTED_MODEL))
          .hasMessageContaining("another vocabulary")
          .hasMessageContaining("27 tokens");
    }
  }

  @Test
  void aDraftModelForAllModelsThatDoesNotFitIsLeftOutWithItsReason() {
    EngineOptions options = new EngineOptions(64, 2, 4, 1);
    SpeculationOptions forAll =
        SpeculationOptions.of(SpeculationMode.DRAFT, DraftFiles.ofAll(DEMO));
    Speculator speculator = speculator(options.withSpeculation(forAll));
    assertThat(speculator.isOff()).isTrue();
    assertThat(speculator.newSpeculation().reasons())
        .singleElement()
        .asString()
        .startsWith("no tokens guessed ahead: the draft model has another vocabulary");
    assertThatThrownBy(() -> speculator(options.withSpeculation(forAll.forOneModel())))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("another vocabulary");
  }

  private static Speculator speculator(EngineOptions options) {
    return new DraftModels(() -> new FreeMemory(1L << 30, 1L << 30), Path.of("x.gguf"), options)
        .speculator(new TestTokenizer(), new TestCache(64), 64);
  }

  private static List<Float> scores(RecordingListener listener) {
    return listener.deltas().stream()
        .flatMap(delta -> delta.logprobs().stream())
        .map(score -> score.logprob())
        .toList();
  }

  private static GenerationRequest request(
      Tokenizer tokenizer, String prompt, double temperature, int tokens) {
    SamplingParams sampling =
        new SamplingParams(temperature, 20, 1, 0, 1, 0, 0, Map.of(), OptionalLong.of(3));
    return new GenerationRequest(
        prompt, tokenizer.encode(prompt, true, true), sampling, tokens, List.of(), true, true, 0);
  }

  /** The generated path guesses for the plain one: nearly always right. */
  private static ModelDrafter drafter() {
    LanguageModel model =
        ModelFamilies.load(GgufFile.open(DEMO), new ModelOptions(1, 64, Precision.FAST));
    return new ModelDrafter(model, model.newCache(4 * CONTEXT), CONTEXT, () -> 0);
  }

  /** An engine over the plain path, whose clock only steps of the model move. */
  private static final class Guessed {
    private final GgufFile file = GgufFile.open(DEMO);
    private final Tokenizer tokenizer = Tokenizers.from(file.metadata());
    private final LocalEngine engine;

    Guessed(Speculator speculator) {
      LanguageModel model = ModelFamilies.load(file, new ModelOptions(1, 64, Precision.EXACT));
      KvCache cache = model.newCache(4 * CONTEXT);
      AtomicLong clock = new AtomicLong();
      engine =
          new LocalEngine(
              new ModelInfo("fable", "fable", "Q8_0", 0, 0, CONTEXT, 512, 256),
              tokenizer,
              Optional.empty(),
              model,
              cache,
              speculator,
              new EngineOptions(CONTEXT, 4, 8, 1),
              () -> clock.addAndGet(1000),
              () -> 1);
    }

    List<RecordingListener> runTogether() {
      List<RecordingListener> listeners = new ArrayList<>();
      String[] prompts = {
        "Once upon a time", "The king said: The king said: The king", "The old woman said"
      };
      for (int i = 0; i < prompts.length; i++) {
        RecordingListener listener = new RecordingListener();
        listeners.add(listener);
        engine.submit(request(tokenizer, prompts[i], i == 0 ? 0 : 0.7, TOKENS), listener);
      }
      listeners.forEach(RecordingListener::result);
      return listeners;
    }

    void close() {
      engine.close();
    }
  }
}
