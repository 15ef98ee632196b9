package dev.flyball.server.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.http.AsyncStreamResponse;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.completions.CompletionUsage;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.models.Model;
import dev.flyball.server.FlyballServer;
import dev.flyball.server.models.ModelStatus;
import dev.flyball.server.support.Await;
import dev.flyball.server.support.DemoServer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** The official Java SDK, unchanged, against the demo model. */
@TestInstance(Lifecycle.PER_CLASS)
final class OpenAiJavaTest {
  private static final String MODEL = DemoServer.MODEL;

  private FlyballServer server;
  private OpenAIClient client;

  @BeforeAll
  void start() {
    server = DemoServer.start();
    client = OpenAiClients.of(server);
  }

  @AfterAll
  void stop() {
    client.close();
    server.close();
  }

  private static ChatCompletionCreateParams.Builder chat() {
    return ChatCompletionCreateParams.builder()
        .model(MODEL)
        .temperature(0)
        .addUserMessage("Tell me a fable about a fox.")
        .maxCompletionTokens(12);
  }

  @Test
  void modelsAreListedAndFound() {
    assertThat(client.models().list().data()).extracting(Model::id).contains(MODEL);
    assertThat(client.models().retrieve(MODEL).id()).isEqualTo(MODEL);
  }

  @Test
  void aStreamedChatSaysWhatTheWholeOneSays() {
    ChatCompletion whole = client.chat().completions().create(chat().build());
    assertThat(whole.choices().getFirst().finishReason().asString()).isEqualTo("length");
    StringBuilder text = new StringBuilder();
    long[] total = new long[1];
    ChatCompletionCreateParams streamed =
        chat()
            .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
            .build();
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(streamed)) {
      stream.stream()
          .forEach(
              chunk -> {
                chunk.choices().forEach(c -> c.delta().content().ifPresent(text::append));
                chunk.usage().ifPresent(usage -> total[0] = usage.totalTokens());
              });
    }
    assertThat(text.toString()).isNotEmpty();
    assertThat(whole.choices().getFirst().message().content()).contains(text.toString());
    assertThat(total[0]).isEqualTo(whole.usage().orElseThrow().totalTokens());
  }

  /** The part of {@code usage} that the SDK does not know. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record ReceiptHolder(Map<String, Object> flyball) {}

  @Test
  void anAnswerMayCarryItsReceipt() {
    ChatCompletion answer =
        client
            .chat()
            .completions()
            .create(
                chat()
                    .serviceTier(ChatCompletionCreateParams.ServiceTier.FLEX)
                    .putAdditionalHeader("x-flyball-receipt", "true")
                    .build());
    CompletionUsage usage = answer.usage().orElseThrow();
    ReceiptHolder holder =
        Objects.requireNonNull(JsonValue.from(usage).convert(ReceiptHolder.class));
    assertThat(holder.flyball())
        .containsEntry("id", answer.id())
        .containsEntry("priority", "low")
        .containsEntry("outcome", "completed");
    assertThat(usage.completionTokensDetails().orElseThrow().reasoningTokens()).contains(0L);
  }

  @Test
  void theSameSeedGivesTheSameChoices() {
    ChatCompletionCreateParams params =
        chat().temperature(1).n(2).putAdditionalBodyProperty("seed", JsonValue.from(42)).build();
    List<String> first = contents(client.chat().completions().create(params));
    assertThat(first).hasSize(2).doesNotHaveDuplicates();
    assertThat(contents(client.chat().completions().create(params))).isEqualTo(first);
  }

  private static List<String> contents(ChatCompletion answer) {
    return answer.choices().stream().map(c -> c.message().content().orElseThrow()).toList();
  }

  @Test
  void textsAreCompletedInOrder() {
    Completion answer =
        client
            .completions()
            .create(
                CompletionCreateParams.builder()
                    .model(MODEL)
                    .promptOfArrayOfStrings(List.of("Once upon a time", "A fox"))
                    .maxTokens(4)
                    .build());
    assertThat(answer.choices()).extracting(c -> c.index()).containsExactly(0L, 1L);
  }

  @Test
  void embeddingsHaveLengthOne() {
    CreateEmbeddingResponse answer =
        client
            .embeddings()
            .create(
                EmbeddingCreateParams.builder()
                    .model(MODEL)
                    .inputOfArrayOfStrings(List.of("a fox", "a crow"))
                    .build());
    assertThat(answer.data()).hasSize(2);
    double squares =
        answer.data().getFirst().embedding().stream().mapToDouble(x -> (double) x * x).sum();
    assertThat(squares).isCloseTo(1, within(1e-5));
  }

  @Test
  void errorsHaveTheirTypes() {
    assertThatThrownBy(() -> client.chat().completions().create(chat().model("nobody").build()))
        .isInstanceOfSatisfying(
            NotFoundException.class, e -> assertThat(e.code()).contains("model_not_found"));
    assertThatThrownBy(() -> client.chat().completions().create(chat().temperature(3).build()))
        .isInstanceOfSatisfying(
            BadRequestException.class, e -> assertThat(e.param()).contains("temperature"));
  }

  @Test
  void aClosedStreamStopsItsGeneration() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    AsyncStreamResponse<ChatCompletionChunk> stream =
        client
            .async()
            .chat()
            .completions()
            .createStreaming(chat().maxCompletionTokens(450).build())
            .subscribe(chunk -> begun.countDown());
    assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
    stream.close();
    Await.until(
        "the model is idle",
        () -> server.registry().status().stream().mapToInt(ModelStatus::users).sum() == 0);
  }
}
