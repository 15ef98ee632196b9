package dev.flyball.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flyball.cli.console.Amounts;
import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.CommandFailure;
import dev.flyball.cli.console.JsonOutput;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code flyball ps}. */
@Command(
    name = "ps",
    description = {
      "Shows which models a running server has loaded.",
      "FLYBALL_API_KEY: the key, where the server asks for one."
    })
final class PsCommand implements Runnable {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final CommandContext context;

  @Option(names = "--url", description = "Where the server listens (default: ${DEFAULT-VALUE})")
  private URI url = URI.create("http://127.0.0.1:8080");

  @Option(names = "--json", description = "As one JSON array")
  private boolean json;

  PsCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public void run() {
    List<JsonNode> loaded = new ArrayList<>();
    for (JsonNode model : ask().path("data")) {
      String state = model.path("flyball").path("state").asText();
      if (state.equals("loaded") || state.equals("loading")) {
        loaded.add(model);
      }
    }
    if (json) {
      JsonOutput.printIndented(context.out(), loaded);
      return;
    }
    String row = "%-40s %-8s %12s %9s  %s%n";
    context.out().printf(row, "NAME", "STATE", "MEMORY", "REQUESTS", "UNTIL");
    for (JsonNode model : loaded) {
      JsonNode status = model.path("flyball");
      context
          .out()
          .printf(
              row,
              model.path("id").asText(),
              status.path("state").asText(),
              Amounts.bytes(status.path("memory_bytes").asLong()),
              status.path("requests").asLong(),
              status.path("expires_at").asText("-"));
    }
  }

  private JsonNode ask() {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url.toString().replaceAll("/+$", "") + "/v1/models"))
            .timeout(TIMEOUT);
    context
        .variable("FLYBALL_API_KEY")
        .ifPresent(key -> request.header("Authorization", "Bearer " + key));
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
      HttpResponse<String> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return read(response);
    } catch (JsonProcessingException malformed) {
      throw new CommandFailure("what answers at " + url + " is no flyball server", malformed);
    } catch (IOException failure) {
      throw new CommandFailure(
          "no server answers at " + url + "; start one with flyball serve", failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted", interrupted);
    }
  }

  private JsonNode read(HttpResponse<String> response) throws JsonProcessingException {
    return switch (response.statusCode()) {
      case 200 -> MAPPER.readTree(response.body());
      case 401, 403 ->
          throw new CommandFailure("the server at " + url + " wants a key in FLYBALL_API_KEY");
      default ->
          throw new CommandFailure(
              "the server at " + url + " answers with status " + response.statusCode());
    };
  }
}
