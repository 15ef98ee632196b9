package dev.flyball.cli.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.load.client.ApiStyle;
import dev.flyball.cli.load.client.TargetServer;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which server is put under load, and how requests to it look. */
public final class TargetOptions {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Option(
      names = "--url",
      description = "Where the server listens, with or without /v1 (default: ${DEFAULT-VALUE})")
  private URI url = URI.create("http://127.0.0.1:8080");

  @Option(
      names = {"-m", "--model"},
      paramLabel = "NAME",
      description = "Model to ask for (default: the field is left out)")
  private @Nullable String model;

  @Option(names = "--api", description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private ApiStyle api = ApiStyle.CHAT;

  @Option(
      names = "--api-key",
      paramLabel = "KEY",
      description = "Sent as a bearer token (default: FLYBALL_API_KEY, where it is set)")
  private @Nullable String apiKey;

  @Option(
      names = {"-H", "--header"},
      paramLabel = "NAME:VALUE",
      description = "A further header; repeatable")
  private List<String> headers = new ArrayList<>();

  @Option(
      names = "--body",
      paramLabel = "NAME=JSON",
      description = "A further field of the body, such as temperature=0; repeatable")
  private List<String> fields = new ArrayList<>();

  @Option(
      names = "--max-tokens-field",
      paramLabel = "NAME",
      description = "Field that limits the answer (default: ${DEFAULT-VALUE})")
  private String maxTokensField = "max_tokens";

  @Option(
      names = "--no-ignore-eos",
      description =
          "Leave out ignore_eos, which asks for answers of full length and is no part of the"
              + " OpenAI API")
  private boolean noIgnoreEos;

  /**
   * The server.
   *
   * @throws IllegalArgumentException where an option cannot be
   */
  TargetServer target(CommandContext context) {
    Map<String, String> allHeaders = new LinkedHashMap<>();
    Optional.ofNullable(apiKey)
        .or(() -> context.variable("FLYBALL_API_KEY"))
        .ifPresent(key -> allHeaders.put("Authorization", "Bearer " + key));
    for (String header : headers) {
      String[] parts = split(header, ":", "--header is written NAME:VALUE, not '%s'");
      allHeaders.put(parts[0], parts[1].strip());
    }
    Map<String, JsonNode> allFields = new LinkedHashMap<>();
    for (String field : fields) {
      String[] parts = split(field, "=", "--body is written NAME=JSON, not '%s'");
      allFields.put(parts[0], json(parts[1]));
    }
    return new TargetServer(
        url, api, Optional.ofNullable(model), allHeaders, allFields, maxTokensField, !noIgnoreEos);
  }

  private static String[] split(String text, String separator, String message) {
    String[] parts = text.split(separator, 2);
    if (parts.length != 2 || parts[0].isBlank()) {
      throw new IllegalArgumentException(message.formatted(text));
    }
    return new String[] {parts[0].strip(), parts[1]};
  }

  /** A value of JSON; what is none is a string. */
  private static JsonNode json(String text) {
    try {
      JsonNode value = JSON.readTree(text);
      return value.isMissingNode() ? TextNode.valueOf(text) : value;
    } catch (JsonProcessingException plain) {
      return TextNode.valueOf(text);
    }
  }
}
