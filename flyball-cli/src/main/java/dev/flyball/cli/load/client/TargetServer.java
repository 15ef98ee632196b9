package dev.flyball.cli.load.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Map;
import java.util.Optional;

/**
 * The server under load and how its requests look.
 *
 * @param base address without {@code /v1}
 * @param model nothing: the field is left out
 * @param headers sent with every request, the API key among them
 * @param fields added to every body, last, so that they win
 * @param maxTokensField name of the field that limits the answer
 * @param ignoreEos ask for answers of full length, by the extension field {@code ignore_eos}
 */
public record TargetServer(
    URI base,
    ApiStyle api,
    Optional<String> model,
    Map<String, String> headers,
    Map<String, JsonNode> fields,
    String maxTokensField,
    boolean ignoreEos) {
  private static final ObjectMapper JSON = new ObjectMapper();

  public TargetServer {
    base = withoutVersion(base);
    headers = Map.copyOf(headers);
    fields = Map.copyOf(fields);
  }

  private static URI withoutVersion(URI given) {
    String scheme = given.getScheme();
    boolean web = "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
    if (!web || given.getHost() == null) {
      throw new IllegalArgumentException(
          "--url must be an http or https address such as http://127.0.0.1:8080, not " + given);
    }
    return URI.create(given.toString().replaceFirst("/+$", "").replaceFirst("/v1$", ""));
  }

  /** The body of a streamed request, as UTF-8. */
  public byte[] streamedBody(String prompt, int maxTokens) {
    ObjectNode body = body(prompt, maxTokens);
    body.put("stream", true);
    body.putObject("stream_options").put("include_usage", true);
    fields.forEach(body::set);
    return bytes(body);
  }

  /** The body of a request whose answer is one token, not streamed. */
  byte[] probeBody(String prompt) {
    ObjectNode body = body(prompt, 1);
    fields.forEach(body::set);
    return bytes(body);
  }

  private ObjectNode body(String prompt, int maxTokens) {
    ObjectNode body = JSON.createObjectNode();
    model.ifPresent(name -> body.put("model", name));
    api.putPrompt(body, prompt);
    body.put(maxTokensField, maxTokens);
    if (ignoreEos) {
      body.put("ignore_eos", true);
    }
    return body;
  }

  private static byte[] bytes(ObjectNode body) {
    try {
      return JSON.writeValueAsBytes(body);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** A request to a path of the server, with the headers of every request. */
  HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
    headers.forEach(request::header);
    return request;
  }
}
