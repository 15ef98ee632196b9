package dev.flyball.server.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flyball.engine.EngineOptions;
import dev.flyball.engine.LocalEngines;
import dev.flyball.server.FlyballServer;
import dev.flyball.server.ServerConfig;
import dev.flyball.server.models.ModelSettings;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images in chat requests, over HTTP, with a tiny Gemma 3 and its projector. */
@TestInstance(Lifecycle.PER_CLASS)
final class ImagesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path FILES =
      Path.of(
          System.getProperty("flyball.root"),
          "flyball-engine/src/test/resources/dev/flyball/engine/vision");

  private final HttpClient client = HttpClient.newHttpClient();
  private FlyballServer server;

  @BeforeAll
  void start() {
    Path root = Path.of(System.getProperty("flyball.root"));
    server =
        FlyballServer.start(
            ServerConfig.defaults()
                .withPort(0)
                .withModels(
                    ModelSettings.ofFolder(root.resolve("models"))
                        .withFiles(List.of(FILES.resolve("tiny-gemma3.gguf")))
                        .withEngine(
                            new EngineOptions(0, 8, 64, 2)
                                .withProjector(Optional.of(FILES.resolve("mmproj-tiny.gguf"))))),
            new LocalEngines());
  }

  @AfterAll
  void stop() {
    client.close();
    server.close();
  }

  private record Answer(int status, JsonNode json) {
    String code() {
      return json.at("/error/code").asText();
    }

    String message() {
      return json.at("/error/message").asText();
    }
  }

  private Answer ask(String model, String parts) {
    String body =
        """
        {"model":"%s","temperature":0,"max_tokens":3,
         "messages":[{"role":"user","content":[%s]}]}"""
            .formatted(model, parts);
    try {
      HttpResponse<byte[]> response =
          client.send(
              HttpRequest.newBuilder(URI.create(server.uri() + "/v1/chat/completions"))
                  .header("Content-Type", "application/json")
                  .header("x-flyball-receipt", "true")
                  .POST(HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray());
      return new Answer(response.statusCode(), JSON.readTree(response.body()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Answer ask(String parts) {
    return ask("tiny-gemma3", parts);
  }

  private static String image(String url) {
    return "{\"type\":\"image_url\",\"image_url\":{\"url\":\"%s\"}}".formatted(url);
  }

  private static String data(byte[] file) {
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(file);
  }

  private static byte[] file(String name) {
    try {
      return Files.readAllBytes(FILES.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(String text) {
    return "{\"type\":\"text\",\"text\":\"%s\"}".formatted(text);
  }

  @Test
  void anImageIsAnsweredCountedAndToldOfInTheReceipt() throws IOException {
    BufferedImage ofThisTest = new BufferedImage(31, 47, BufferedImage.TYPE_INT_RGB);
    ByteArrayOutputStream picture = new ByteArrayOutputStream();
    assertThat(ImageIO.write(ofThisTest, "png", picture)).isTrue();
    String parts = image(data(picture.toByteArray())) + "," + text("What is it?");
    Answer first = ask(parts);
    assertThat(first.status()).as(first.json().toString()).isEqualTo(200);
    int without = ask(text("What is it?")).json().at("/usage/prompt_tokens").asInt();
    int with = first.json().at("/usage/prompt_tokens").asInt();
    assertThat(with).isEqualTo(without + 1 + 9 + 1);
    JsonNode images = first.json().at("/usage/flyball/images");
    assertThat(images.path("count").asInt()).isEqualTo(1);
    assertThat(images.path("tokens").asInt()).isEqualTo(9);
    assertThat(images.path("cached").asInt()).isZero();
    assertThat(images.path("encode_ms").asDouble()).isPositive();
    Answer again = ask(parts);
    assertThat(again.json().at("/usage/flyball/images/cached").asInt()).isEqualTo(1);
    assertThat(again.json().at("/choices/0/message/content"))
        .isEqualTo(first.json().at("/choices/0/message/content"));
    assertThat(ask(text("no image")).json().at("/usage/flyball/images").isNull()).isTrue();
  }

  @Test
  void severalImagesInEveryFormatAreTaken() throws IOException {
    BufferedImage picture = new BufferedImage(30, 20, BufferedImage.TYPE_INT_RGB);
    picture.setRGB(3, 3, 0xFF8040);
    StringBuilder parts = new StringBuilder();
    for (String format : List.of("png", "jpeg", "gif", "bmp")) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      assertThat(ImageIO.write(picture, format, bytes)).isTrue();
      parts.append(image(data(bytes.toByteArray()))).append(',');
    }
    Answer answer = ask(parts + text("Which?"));
    assertThat(answer.status()).as(answer.json().toString()).isEqualTo(200);
    assertThat(answer.json().at("/usage/flyball/images/count").asInt()).isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://example.com/a.png", "HTTP://localhost/a", "file:///etc/passwd"})
  void nothingIsFetched(String url) {
    Answer answer = ask(image(url));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.code()).isEqualTo("unsupported_parameter");
    assertThat(answer.message()).contains("fetches nothing");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x | must be a data: URL",
        "data:text/plain;base64,AAAA | must be an image in base64",
        "data:image/png,AAAA | must be an image in base64",
        "data:image/png;base64, | has no image",
        "data:image/png;base64,@@@@ | is no valid base64",
        "data:image/png;base64,AAAA | is no PNG, JPEG, GIF or BMP file"
      })
  void whatIsNoImageIsRefused(String url, String message) {
    Answer answer = ask(image(url) + "," + text("What is it?"));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.message()).contains(message);
    assertThat(answer.json().at("/error/param").asText())
        .isEqualTo("messages[0].content[0].image_url.url");
  }

  @Test
  void aModelWithoutProjectorAndATextWithAMarkerAreRefused() {
    Answer none = ask("fable-5m-q8_0", image(data(file("wide.png"))));
    assertThat(none.status()).isEqualTo(400);
    assertThat(none.message()).contains("takes no images");
    Answer marker = ask(image(data(file("wide.png"))) + "," + text("<start_of_image>"));
    assertThat(marker.status()).isEqualTo(400);
    assertThat(marker.message()).contains("2 places for images");
    Answer many = ask((image(data(file("wide.png"))) + ",").repeat(32) + text("x".repeat(300)));
    assertThat(many.status()).isEqualTo(400);
    assertThat(many.code()).isEqualTo("context_length_exceeded");
  }

  /** Whatever comes, the answer is 200 or a 400 with a message, and the server goes on. */
  @Test
  void damagedImagesAreRefusedOrRead() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 60; i++) {
      byte[] damaged = file(random.nextBoolean() ? "tall.png" : "wide.png");
      for (int k = 0; k <= random.nextInt(4); k++) {
        damaged[random.nextInt(random.nextBoolean() ? 40 : damaged.length)] =
            (byte) random.nextInt(256);
      }
      String url = data(damaged);
      if (random.nextInt(4) == 0) {
        url = url.substring(0, random.nextInt(url.length()));
      }
      Answer answer = ask(image(url) + "," + text("?"));
      assertThat(answer.status()).as(answer.json().toString()).isIn(200, 400);
      if (answer.status() == 400) {
        assertThat(answer.message()).isNotBlank();
      }
    }
    assertThat(ask(text("still there?")).status()).isEqualTo(200);
  }
}
