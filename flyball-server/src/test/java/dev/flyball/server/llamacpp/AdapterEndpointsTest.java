package dev.flyball.server.llamacpp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flyball.engine.EngineOptions;
import dev.flyball.engine.LocalEngines;
import dev.flyball.engine.adapter.AdapterFile;
import dev.flyball.engine.adapter.AdapterOptions;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.gguf.GgufTensor;
import dev.flyball.engine.gguf.GgufValueType;
import dev.flyball.engine.gguf.GgufWriter;
import dev.flyball.kernels.TensorType;
import dev.flyball.server.FlyballServer;
import dev.flyball.server.ServerConfig;
import dev.flyball.server.models.KeepAlive;
import dev.flyball.server.models.ModelSettings;
import dev.flyball.server.support.Await;
import dev.flyball.server.support.DemoServer;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/**
 * Adapters from socket to token, with the real engine and the model that comes with the sources.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class AdapterEndpointsTest {
  private static final Path MODELS = Path.of(System.getProperty("flyball.root"), "models");
  private static final String PROMPT = "\"prompt\":\"Once upon a time\",\"temperature\":0";

  private FlyballServer server;
  private Path second;
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeAll
  void start(@TempDir Path folder) {
    Path first = write(folder.resolve("first.gguf"), 1);
    second = write(folder.resolve("second.gguf"), 2);
    AdapterOptions adapters = new AdapterOptions(List.of(new AdapterFile("first", first, 0)), 2);
    server =
        FlyballServer.start(
            ServerConfig.defaults()
                .withPort(0)
                .withModels(
                    ModelSettings.ofFolder(MODELS)
                        .withDefaultModel(DemoServer.MODEL)
                        .withKeepAlive(KeepAlive.FOREVER)
                        .withEngine(new EngineOptions(0, 8, 64, 2).withAdapters(adapters))),
            new LocalEngines());
  }

  @AfterAll
  void stop() {
    client.shutdownNow();
    server.close();
  }

  @Test
  void anAdapterIsChosenByItsNameOrNumberAndIsThereForNobodyElse() throws Exception {
    String plain = text("");
    String adapted = text("\"model\":\"first\"");
    assertThat(adapted).isNotEqualTo(plain);
    assertThat(text("\"lora\":[{\"id\":0,\"scale\":1}]")).isEqualTo(adapted);
    assertThat(text("\"lora\":[{\"id\":0,\"scale\":4}]")).isNotIn(adapted, plain);
    assertThat(text("\"model\":\"first\",\"lora\":[]")).isEqualTo(plain);
    assertThat(text("")).isEqualTo(plain);
    JsonNode answer =
        json(post("/v1/completions", "{" + PROMPT + ",\"max_tokens\":1,\"model\":\"first\"}"), 200);
    assertThat(answer.at("/model").asText()).isEqualTo("first");
  }

  @Test
  void adaptersAreListedWithTheModels() throws Exception {
    JsonNode listed = json(get("/v1/models/first"), 200);
    assertThat(listed.at("/parent").asText()).isEqualTo(DemoServer.MODEL);
    assertThat(json(get("/v1/models"), 200).at("/data").findValuesAsText("id")).contains("first");
    JsonNode adapters = json(get("/lora-adapters"), 200);
    assertThat(adapters.at("/0/id").asInt()).isZero();
    assertThat(adapters.at("/0/path").asText()).endsWith("first.gguf");
  }

  @Test
  void adaptersComeAndGoWhileTheServerRuns() throws Exception {
    String load = "{\"lora_name\":\"second\",\"lora_path\":\"" + second + "\"}";
    assertThat(post("/v1/load_lora_adapter", load).statusCode()).isEqualTo(200);
    assertThat(json(post("/v1/load_lora_adapter", load), 400).at("/error/param").asText())
        .isEqualTo("lora_name");
    String third = load.replace("\"second\"", "\"third\"");
    assertThat(json(post("/v1/load_lora_adapter", third), 400).at("/error/message").asText())
        .contains("2 adapters are loaded, as many as there may be");
    assertThat(text("\"model\":\"second\"")).isNotIn(text(""), text("\"model\":\"first\""));
    String unload = "{\"lora_name\":\"second\"}";
    assertThat(post("/v1/unload_lora_adapter", unload).statusCode()).isEqualTo(200);
    json(post("/v1/unload_lora_adapter", unload), 404);
    json(post("/v1/completions", "{" + PROMPT + ",\"model\":\"second\"}"), 404);
  }

  @Test
  void scalesForThoseWhoChooseNoneAreSetAndTakenBack() throws Exception {
    String plain = text("");
    String adapted = text("\"model\":\"first\"");
    json(post("/lora-adapters", "[{\"id\":0,\"scale\":1.0}]"), 200);
    assertThat(text("")).isEqualTo(adapted);
    assertThat(json(get("/lora-adapters"), 200).at("/0/scale").asDouble()).isEqualTo(1);
    json(post("/lora-adapters", "[]"), 200);
    assertThat(text("")).isEqualTo(plain);
  }

  @Test
  void aModelThatIsLoadedAgainHasItsAdaptersAgain() throws Exception {
    String adapted = text("\"model\":\"first\"");
    text("\"keep_alive\":0");
    Await.until("the model is unloaded", () -> server.registry().status().isEmpty());
    assertThat(text("\"model\":\"first\"")).isEqualTo(adapted);
  }

  @Test
  void whatIsUnknownOrUnfitIsNamed() throws Exception {
    assertThat(error("/v1/completions", "{" + PROMPT + ",\"lora\":[{\"id\":77,\"scale\":1}]}"))
        .isEqualTo("there is no adapter 77; GET /lora-adapters lists them");
    assertThat(error("/lora-adapters", "[{\"id\":77,\"scale\":1}]")).contains("no adapter 77");
    assertThat(error("/lora-adapters", "[{\"id\":0}]")).contains("[0].scale");
    assertThat(error("/lora-adapters", "{}")).contains("must be a JSON array");
    Path model = MODELS.resolve(DemoServer.MODEL + ".gguf");
    assertThat(
            error("/v1/load_lora_adapter", "{\"lora_name\":\"m\",\"lora_path\":\"" + model + "\"}"))
        .contains("general.type is \"model\"");
    assertThat(error("/v1/load_lora_adapter", "{\"lora_name\":\"m\",\"lora_path\":\"/none.gguf\"}"))
        .contains("/none.gguf");
    assertThat(error("/v1/embeddings", "{\"input\":\"a\",\"model\":\"first\"}"))
        .contains("cannot be used for embeddings");
  }

  private String error(String path, String body) throws Exception {
    return json(post(path, body), 400).at("/error/message").asText();
  }

  private String text(String field) throws Exception {
    String body = "{" + PROMPT + ",\"max_tokens\":24" + (field.isEmpty() ? "" : "," + field) + "}";
    return json(post("/v1/completions", body), 200).at("/choices/0/text").asText();
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(server.uri().resolve(path))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(server.uri().resolve(path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> response, int status) throws Exception {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    return new ObjectMapper().readTree(response.body());
  }

  /** A random adapter of the demo model's attention. */
  private static Path write(Path target, long seed) {
    Random random = new Random(seed);
    GgufWriter writer =
        new GgufWriter()
            .putString("general.type", "adapter")
            .putString("adapter.type", "lora")
            .putNumber("adapter.lora.alpha", GgufValueType.FLOAT32, 4);
    try (GgufFile base = GgufFile.open(MODELS.resolve(DemoServer.MODEL + ".gguf"))) {
      writer.putString("general.architecture", base.metadata().architecture());
      for (GgufTensor tensor : base.tensors()) {
        if (tensor.name().matches("blk.*attn_[qv].weight")) {
          add(writer, tensor.name() + ".lora_a", random, tensor.rowLength(), 4);
          add(writer, tensor.name() + ".lora_b", random, 4, tensor.rows());
        }
      }
    }
    writer.write(target);
    return target;
  }

  private static void add(GgufWriter writer, String name, Random random, long columns, long rows) {
    int count = (int) (columns * rows);
    ByteBuffer values = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      values.putFloat((float) (random.nextGaussian() / Math.sqrt((double) columns)));
    }
    writer.addTensor(name, TensorType.F32, List.of(columns, rows), values.array());
  }
}
