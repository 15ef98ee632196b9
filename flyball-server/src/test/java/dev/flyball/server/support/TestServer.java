package dev.flyball.server.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flyball.server.FlyballServer;
import dev.flyball.server.ServerConfig;
import dev.flyball.server.models.ModelSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/** A server over scripted engines on a free port, and a client for it. */
public final class TestServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ScriptedEngines engines = new ScriptedEngines();
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();
  private final FlyballServer server;

  private TestServer(ServerConfig config) {
    this.server = FlyballServer.start(config, engines);
  }

  /** An answer with a JSON body; a missing node where it has none. */
  public record Answer(int status, JsonNode json, HttpResponse<String> response) {
    public String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    public String errorCode() {
      return json.at("/error/code").asText();
    }
  }

  /**
   * A server.
   *
   * @param models names of the models that it has; the first is the default
   */
  public static TestServer start(
      Path folder, UnaryOperator<ServerConfig> change, String... models) {
    List<Path> files = List.of(models).stream().map(name -> model(folder, name)).toList();
    ServerConfig config =
        ServerConfig.defaults()
            .withPort(0)
            .withShutdownLimit(Duration.ofMillis(100))
            .withModels(
                ModelSettings.ofFolder(folder.resolve("none"))
                    .withFiles(files)
                    .withMemoryLimitBytes(1 << 30));
    return new TestServer(change.apply(config));
  }

  public static TestServer start(Path folder, String... models) {
    return start(folder, config -> config, models);
  }

  private static Path model(Path folder, String name) {
    try {
      return Files.writeString(folder.resolve(name + ".gguf"), "scripted");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public FlyballServer server() {
    return server;
  }

  public ScriptedEngine engine(String name) {
    return engines.engine(name);
  }

  public ScriptedEngines engines() {
    return engines;
  }

  public int port() {
    return server.port();
  }

  public URI uri(String path) {
    return server.uri().resolve(path);
  }

  public HttpClient client() {
    return client;
  }

  /** A request to which headers can be added. */
  public HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(30));
  }

  public Answer post(String path, String body) {
    return send(
        request(path)
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  public Answer get(String path) {
    return send(request(path).GET().build());
  }

  public Answer send(HttpRequest request) {
    try {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      boolean json =
          response.headers().firstValue("content-type").orElse("").startsWith("application/json");
      JsonNode body = JSON.readTree(json ? response.body() : "");
      return new Answer(response.statusCode(), body, response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
    server.close();
  }
}
