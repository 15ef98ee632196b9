package dev.flyball.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.engine.sample.SamplingParams;
import dev.flyball.engine.sample.TokenLogprob;
import dev.flyball.units.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The whole way from text to text with the model that ships. */
class DemoModelEngineTest {
  /** llama.cpp's greedy answer, from the model's card and golden.json. */
  private static final String GREEDY =
      " there lived a king who had three sons. The two eldest were allowed to have the best of the"
          + " two, and the youngest was called Sigurd,";

  private static Engine engine;

  @BeforeAll
  static void load() {
    engine =
        new LocalEngines()
            .load(
                SharedFolder.repositoryRoot().resolve("models/fable-5m-q8_0.gguf"),
                EngineOptions.DEFAULT);
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  @Test
  void greedyTextIsThatOfLlamaCpp() {
    assertThat(run(request("Once upon a time", SamplingParams.GREEDY, 32)).text())
        .isEqualTo(GREEDY);
  }

  @Test
  void aChatPromptIsAnsweredAsLlamaCppAnswersIt() {
    String prompt = "<|user|>\nTell me the story of The Frog-King.<|end|>\n<|assistant|>\n";
    assertThat(run(request(prompt, SamplingParams.GREEDY, 8)).text())
        .isEqualTo("There was once a man who had three");
  }

  @Test
  void theChatTemplateWritesThePromptOfTheCard() {
    Map<String, Object> variables =
        Map.of(
            "messages",
            List.of(Map.of("role", "user", "content", "Tell me a story about a fox.")),
            "add_generation_prompt",
            true);
    assertThat(engine.chatTemplate().orElseThrow().render(variables))
        .isEqualTo("<|user|>\nTell me a story about a fox.<|end|>\n<|assistant|>\n");
  }

  @Test
  void theModelIsDescribedFromItsFile() {
    ModelInfo info = engine.info();
    assertThat(info.architecture()).isEqualTo("llama");
    assertThat(info.typeName()).isEqualTo("Q8_0");
    assertThat(info.parameters()).isEqualTo(5_246_208);
    assertThat(info.fileBytes()).isEqualTo(5_649_248);
    assertThat(info.contextLength()).isEqualTo(512);
    assertThat(info.trainedContextLength()).isEqualTo(512);
    assertThat(info.embeddingLength()).isEqualTo(256);
    assertThat(engine.load()).isEqualTo(new EngineLoad(0, 0, 0, 8 * 512));
  }

  @Test
  void aStopStringAcrossTokensEndsTheText() {
    GenerationRequest request = withStop("Once upon a time", " sons. The two", 32);
    RecordingListener listener = run(request);
    assertThat(listener.text()).isEqualTo(" there lived a king who had three");
    assertThat(listener.result().reason()).isEqualTo(FinishReason.STOP);
  }

  @Test
  void logProbabilitiesAreThoseOfADistribution() {
    GenerationRequest plain = request("A Fox and a Lion", SamplingParams.GREEDY, 6);
    RecordingListener listener =
        run(
            new GenerationRequest(
                plain.id(), plain.prompt(), plain.sampling(), 6, List.of(), false, true, 20));
    List<TokenLogprob> scores =
        listener.deltas().stream().flatMap(delta -> delta.logprobs().stream()).toList();
    assertThat(scores).hasSize(6);
    for (TokenLogprob score : scores) {
      double sum = score.top().stream().mapToDouble(top -> Math.exp(top.logprob())).sum();
      assertThat(sum).isGreaterThan(0.1).isLessThanOrEqualTo(1 + 1e-6);
      assertThat(score.top().getFirst())
          .isEqualTo(new TokenLogprob.Alternative(score.token(), score.logprob()));
    }
    // golden.json: the first two logits differ by 7.475686 - 6.022852.
    List<TokenLogprob.Alternative> first = scores.getFirst().top();
    assertThat(first.get(0).logprob() - first.get(1).logprob())
        .isCloseTo(7.475686f - 6.022852f, within(0.1f));
  }

  @Test
  void theSameSeedGivesTheSameTextWhileOthersComeAndGo() throws Exception {
    SamplingParams sampling =
        new SamplingParams(0.7, 40, 1, 0.05, 1.05, 0, 0, Map.of(), OptionalLong.of(11));
    GenerationRequest request = request("The old woman said", sampling, 24);
    String alone = run(request).text();
    List<RecordingListener> others = new ArrayList<>();
    List<Generation> generations = new ArrayList<>();
    Random random = new Random(3);
    for (int i = 0; i < 16; i++) {
      RecordingListener listener = new RecordingListener();
      others.add(listener);
      String prompt = "Tell me a story about a fox. ".repeat(1 + random.nextInt(8));
      generations.add(submit(request(prompt, sampling, 5 + random.nextInt(20)), listener));
    }
    RecordingListener among = new RecordingListener();
    submit(request, among);
    for (Generation generation : generations) {
      Thread.sleep(random.nextInt(4));
      if (random.nextBoolean()) {
        generation.cancel();
      }
    }
    assertThat(among.result().usage().output()).isLessThanOrEqualTo(24);
    assertThat(among.text()).isEqualTo(alone);
    assertThat(others)
        .allSatisfy(
            other -> {
              assertThat(other.endings()).isEqualTo(1);
              assertThat(other.result()).isNotNull();
            });
  }

  @Test
  void ignoringEndOfGenerationFillsTheContext() {
    int endOfTurn = 2047;
    SamplingParams ending =
        new SamplingParams(0, 0, 1, 0, 1, 0, 0, Map.of(endOfTurn, 100.0), OptionalLong.empty());
    GenerationRequest stopping = request("A fox. ".repeat(120), ending, 9999);
    assertThat(run(stopping).result().usage().output()).isEqualTo(1);
    RecordingListener listener =
        run(
            new GenerationRequest(
                "demo", stopping.prompt(), ending, 9999, List.of(), true, false, 0));
    assertThat(listener.result().reason()).isEqualTo(FinishReason.LENGTH);
    assertThat(listener.result().usage().total()).isEqualTo(512);
    assertThat(listener.text()).isEmpty();
    assertThat(listener.tokens().stream()).containsOnly(endOfTurn);
    assertThat(listener.tokens().size()).isEqualTo(listener.result().usage().output());
  }

  @Test
  void embeddingsOfLikeTextsAreAlikeHoweverTheyAreBatched() {
    String text = "The king had three sons and the youngest was called Hans. ".repeat(20);
    CompletableFuture<float[]> alone = engine.embed(ids(text));
    float[] expected = alone.join();
    CompletableFuture<float[]> first = engine.embed(ids(text));
    CompletableFuture<float[]> second = engine.embed(ids(text + "The end."));
    assertThat(first.join()).hasSize(256);
    assertThat(cosine(first.join(), expected)).isCloseTo(1, within(1e-5));
    assertThat(cosine(second.join(), expected)).isBetween(0.9, 0.99999999);
  }

  @Test
  void closingWhileItRunsEndsTheGeneration() {
    Engine own =
        new LocalEngines()
            .load(
                SharedFolder.repositoryRoot().resolve("models/fable-5m-q8_0.gguf"),
                new EngineOptions(256, 1, 4, 1));
    RecordingListener listener =
        new RecordingListener() {
          @Override
          public void onDelta(GenerationDelta delta) {
            super.onDelta(delta);
            own.close();
          }
        };
    submit(own, request("Once upon a time", SamplingParams.GREEDY, 250), listener);
    assertThat(listener.result().reason()).isEqualTo(FinishReason.CANCELLED);
    own.close();
  }

  private static RecordingListener run(GenerationRequest request) {
    RecordingListener listener = new RecordingListener();
    submit(request, listener);
    listener.result();
    return listener;
  }

  private static Generation submit(GenerationRequest request, GenerationListener listener) {
    return submit(engine, request, listener);
  }

  private static Generation submit(
      Engine engine, GenerationRequest request, GenerationListener listener) {
    Submission submission = engine.submit(request, listener);
    assertThat(submission).isInstanceOf(Submission.Accepted.class);
    return ((Submission.Accepted) submission).generation();
  }

  private static GenerationRequest request(String prompt, SamplingParams sampling, int maxTokens) {
    return new GenerationRequest(
        "demo", ids(prompt), sampling, maxTokens, List.of(), false, false, 0);
  }

  private static GenerationRequest withStop(String prompt, String stop, int maxTokens) {
    return new GenerationRequest(
        "demo", ids(prompt), SamplingParams.GREEDY, maxTokens, List.of(stop), false, false, 0);
  }

  private static TokenIds ids(String text) {
    return engine.tokenizer().encode(text, true, true);
  }

  private static double cosine(float[] a, float[] b) {
    double dot = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
      aa += (double) a[i] * a[i];
      bb += (double) b[i] * b[i];
    }
    return dot / Math.sqrt(aa * bb);
  }
}
