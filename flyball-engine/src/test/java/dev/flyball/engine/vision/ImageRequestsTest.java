package dev.flyball.engine.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.engine.Engine;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.EngineOptions;
import dev.flyball.engine.GenerationDelta;
import dev.flyball.engine.GenerationListener;
import dev.flyball.engine.GenerationRequest;
import dev.flyball.engine.GenerationResult;
import dev.flyball.engine.LocalEngines;
import dev.flyball.engine.StepTrace;
import dev.flyball.engine.Submission;
import dev.flyball.engine.TightEngines;
import dev.flyball.engine.cache.CacheDirectory;
import dev.flyball.engine.cache.CacheType;
import dev.flyball.engine.sample.SamplingParams;
import dev.flyball.engine.sample.TokenLogprob;
import dev.flyball.engine.schedule.SchedulingPolicy;
import dev.flyball.engine.speculate.SpeculationOptions;
import dev.flyball.units.TokenIds;
import dev.flyball.units.TokenUsage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images in requests of an engine: shared, scheduled and taken back as texts are. */
final class ImageRequestsTest {
  private static final int VECTORS = 9;
  private static final int ANSWER = 4;
  private static final int MOST_ROUNDS = 20;
  private static final Path MODEL = VisionModelTest.resource("tiny-gemma3.gguf");
  private static final EngineOptions OPTIONS =
      new EngineOptions(0, 4, 64, 2).withCacheType(CacheType.F32);

  /** What came of a request: the best guesses at each place, and how it was computed. */
  private record Answer(List<TokenLogprob> tokens, TokenUsage usage, StepTrace trace) {
    int cached() {
      return usage.cached();
    }

    int prompt() {
      return usage.prompt();
    }

    void assertLike(Answer other) {
      assertThat(tokens).hasSameSizeAs(other.tokens);
      for (int i = 0; i < tokens.size(); i++) {
        assertThat(tokens.get(i).token()).isEqualTo(other.tokens.get(i).token());
        assertThat(Math.abs(tokens.get(i).logprob() - other.tokens.get(i).logprob()))
            .isLessThan(0.005f);
      }
    }
  }

  private static Engine engine() {
    return new LocalEngines().load(MODEL, OPTIONS);
  }

  /** So many tokens, two of which an image takes for its markers. */
  private static GenerationRequest request(
      Engine engine, int before, List<String> pictures, int behind) {
    return request(engine, before, pictures, behind, ANSWER);
  }

  private static GenerationRequest request(
      Engine engine, int before, List<String> pictures, int behind, int answer) {
    List<Integer> ids = new ArrayList<>();
    ids.add(1);
    IntStream.range(1, before).forEach(i -> ids.add(8 + (i * 7) % 200));
    pictures.forEach(_ -> ids.add(TinyVisionFiles.START_OF_IMAGE));
    IntStream.range(0, behind).forEach(i -> ids.add(30 + (i * 5) % 200));
    TokenIds prompt = TokenIds.of(ids.stream().mapToInt(id -> id).toArray());
    ImageEncoder encoder = engine.images().orElseThrow();
    List<EncodedImage> images =
        pictures.stream().map(name -> encoder.encode(VisionModelTest.bytes(name)).image()).toList();
    return new GenerationRequest(
            "r", prompt, SamplingParams.GREEDY, answer, List.of(), true, true, 0)
        .withImages(encoder.place(prompt, images));
  }

  private static CompletableFuture<Answer> submit(Engine engine, GenerationRequest request) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    List<TokenLogprob> tokens = new ArrayList<>();
    Submission submission =
        engine.submit(
            request,
            new GenerationListener() {
              @Override
              public void onDelta(GenerationDelta delta) {
                tokens.addAll(delta.logprobs());
              }

              @Override
              public void onEnd(GenerationResult result) {
                answer.complete(new Answer(List.copyOf(tokens), result.usage(), result.trace()));
              }

              @Override
              public void onFailure(EngineException failure) {
                answer.completeExceptionally(failure);
              }
            });
    assertThat(submission).isInstanceOf(Submission.Accepted.class);
    return answer;
  }

  private static Answer run(Engine engine, GenerationRequest request) {
    return submit(engine, request).join();
  }

  /** Computed with nothing in the cache. */
  private static Answer alone(int before, List<String> pictures, int behind) {
    try (Engine engine = engine()) {
      return run(engine, request(engine, before, pictures, behind));
    }
  }

  @Test
  void theSameImageIsSharedAndGivesTheSameAnswer() {
    try (Engine engine = engine()) {
      Answer first = run(engine, request(engine, 50, List.of("wide.png"), 60));
      Answer again = run(engine, request(engine, 50, List.of("wide.png"), 60));
      assertThat(first.cached()).isZero();
      assertThat(first.prompt()).isEqualTo(50 + 1 + VECTORS + 1 + 60);
      assertThat(again.cached()).isEqualTo(96);
      again.assertLike(first);
    }
  }

  /** The image begins at every place of a block, so that blocks hold any part of it. */
  @Test
  void differentImagesNeverShare() {
    try (Engine engine = engine()) {
      for (int before = 54; before <= 64; before++) {
        Answer wide = run(engine, request(engine, before, List.of("wide.png"), 60));
        Answer tall = run(engine, request(engine, before, List.of("tall.png"), 60));
        assertThat(tall.cached()).as("image at %d", before).isEqualTo(before / 32 * 32);
        assertThat(tall.tokens().getFirst().logprob())
            .isNotEqualTo(wide.tokens().getFirst().logprob());
        tall.assertLike(alone(before, List.of("tall.png"), 60));
      }
    }
  }

  @Test
  void aTextWithTheSameIdsIsNoImage() {
    try (Engine engine = engine()) {
      GenerationRequest image = request(engine, 20, List.of("wide.png"), 60);
      run(engine, image);
      GenerationRequest text =
          new GenerationRequest(
              "t", image.prompt(), SamplingParams.GREEDY, ANSWER, List.of(), true, true, 0);
      assertThat(run(engine, text).cached()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(SchedulingPolicy.class)
  void anImageIsComputedWholeWhereverStepsEnd(SchedulingPolicy policy) {
    for (int before : List.of(248, 256, 260, 265, 300)) {
      Answer alone = alone(before, List.of("wide.png", "tall.png"), 30);
      try (Engine engine = new LocalEngines().load(MODEL, OPTIONS.withScheduler(policy))) {
        run(engine, request(engine, before, List.of("wide.png", "tall.png"), 30)).assertLike(alone);
      }
    }
  }

  /** The cache is too small for all: some lose their memory, and compute images again. */
  @Test
  void manyAtOnceAnswerAsEachAlone() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    try (Engine engine =
        TightEngines.load(MODEL, new EngineOptions(512, 4, 64, 2).withCacheType(CacheType.F32))) {
      List<CompletableFuture<Answer>> answers = new ArrayList<>();
      List<Answer> expected = new ArrayList<>();
      List<List<String>> choices =
          List.of(
              List.of("wide.png"), List.of("tall.png"), List.of("tall.png", "wide.png"), List.of());
      int[][] shapes = new int[6][];
      for (int i = 0; i < shapes.length; i++) {
        shapes[i] = new int[] {1 + random.nextInt(320), random.nextInt(4), 1 + random.nextInt(60)};
        expected.add(alone(shapes[i][0], choices.get(shapes[i][1]), shapes[i][2]));
      }
      for (int i = 0; i < 24; i++) {
        int[] shape = shapes[i % shapes.length];
        answers.add(submit(engine, request(engine, shape[0], choices.get(shape[1]), shape[2])));
      }
      for (int i = 0; i < answers.size(); i++) {
        answers.get(i).join().assertLike(expected.get(i % shapes.length));
      }
    }
  }

  /**
   * There is room for the prompts but not for their answers: while these are generated, prompts
   * with their images are lost to others, and computed again or read back. Where a busy machine
   * answers one before the next is there, they are asked once more.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPromptWithAnImageThatLostItsMemoryIsAnsweredTheSame(
      boolean toFile, @TempDir Path directory) {
    int answer = 150;
    List<List<String>> pictures =
        List.of(
            List.of("wide.png"),
            List.of("tall.png"),
            List.of("wide.png", "tall.png"),
            List.of("tall.png", "wide.png"));
    List<Answer> expected = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      try (Engine engine = engine()) {
        expected.add(run(engine, request(engine, 40 + i, pictures.get(i), 20, answer)));
      }
    }
    EngineOptions tight =
        new EngineOptions(256, 4, 64, 2)
            .withCacheType(CacheType.F32)
            .withSpeculation(SpeculationOptions.OFF);
    Optional<CacheDirectory> file =
        toFile ? Optional.of(new CacheDirectory(directory, 64 << 20)) : Optional.empty();
    try (Engine engine = TightEngines.load(MODEL, tight.withCacheDirectory(file))) {
      assertThat(engine.load().cacheTokensCapacity()).isLessThan(2 * 256);
      List<GenerationRequest> requests = new ArrayList<>();
      for (int i = 0; i < pictures.size(); i++) {
        requests.add(request(engine, 40 + i, pictures.get(i), 20, answer));
      }
      int preempted = 0;
      for (int round = 0; preempted == 0 && round < MOST_ROUNDS; round++) {
        List<CompletableFuture<Answer>> answers =
            requests.stream().map(request -> submit(engine, request)).toList();
        for (int i = 0; i < answers.size(); i++) {
          Answer actual = answers.get(i).join();
          actual.assertLike(expected.get(i));
          preempted += actual.trace().preemptions();
        }
      }
      assertThat(preempted).as("prompts with images that lost their memory").isPositive();
    }
  }

  @Test
  void thePictureIsEncodedOnce() {
    try (Engine engine = engine()) {
      ImageEncoder encoder = engine.images().orElseThrow();
      byte[] picture = VisionModelTest.bytes("wide.png");
      assertThat(encoder.encode(picture).cached()).isFalse();
      ImageEncoder.Encoding again = encoder.encode(picture.clone());
      assertThat(again.cached()).isTrue();
      assertThat(again.image().tokens()).isEqualTo(VECTORS);
      assertThat(encoder.encode(VisionModelTest.bytes("tall.png")).cached()).isFalse();
    }
  }

  @Test
  void theProjectorBesideTheModelIsFoundAndAnotherModelsIsRefused() {
    try (Engine engine = engine()) {
      assertThat(engine.images()).isPresent();
    }
    Path notOne = MODEL;
    assertThatThrownBy(
            () -> new LocalEngines().load(MODEL, OPTIONS.withProjector(Optional.of(notOne))))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("is a model of architecture \"gemma3\"; a projector's is \"clip\"");
  }

  @Test
  void markersMustBeAsManyAsImages() {
    try (Engine engine = engine()) {
      ImageEncoder encoder = engine.images().orElseThrow();
      EncodedImage image = encoder.encode(VisionModelTest.bytes("wide.png")).image();
      assertThatThrownBy(() -> encoder.place(TokenIds.of(1, 2), List.of(image)))
          .hasMessageContaining("0 places for images");
      assertThatThrownBy(() -> encoder.place(TokenIds.of(1, 3, 3), List.of(image)))
          .hasMessageContaining("2 places for images");
    }
  }
}
