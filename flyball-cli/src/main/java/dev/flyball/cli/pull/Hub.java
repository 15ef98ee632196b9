package dev.flyball.cli.pull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.CommandFailure;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The Hugging Face hub, or a server that speaks its API.
 *
 * <p>Source: the hub's OpenAPI page ({@code /api/models/OWNER/REPO?blobs=true} lists files with
 * size and checksum, {@code /OWNER/REPO/resolve/COMMIT/FILE} redirects to a file's bytes).
 */
public final class Hub {
  private static final URI PUBLIC_ENDPOINT = URI.create("https://huggingface.co");
  private static final int MAX_LISTING_BYTES = 64 << 20;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final HubConnection connection;
  private final RetryPolicy retries;
  private final CommandContext context;

  public Hub(URI endpoint, Optional<String> token, RetryPolicy retries, CommandContext context) {
    this.connection = new HubConnection(endpoint, token, retries.timeout());
    this.retries = retries;
    this.context = context;
  }

  /**
   * The hub that the environment names: {@code HF_ENDPOINT} and {@code HF_TOKEN}, as the hub's own
   * tools read them.
   */
  public static Hub fromEnvironment(CommandContext context, RetryPolicy retries) {
    URI endpoint = context.variable("HF_ENDPOINT").map(Hub::endpoint).orElse(PUBLIC_ENDPOINT);
    return new Hub(endpoint, context.variable("HF_TOKEN"), retries, context);
  }

  /**
   * The files of a repository.
   *
   * @throws CommandFailure where there is none, access is denied, or the hub cannot be reached
   */
  public HubListing list(HubReference reference) {
    String path = "/api/models/" + reference.id() + "?blobs=true";
    JsonNode answer = new Attempts(retries, context).run(() -> json(path));
    String commit = answer.path("sha").asText();
    if (!commit.matches("[0-9a-f]{40,64}")) {
      throw new CommandFailure("the hub's answer for " + reference.id() + " names no commit");
    }
    List<HubFile> files = new ArrayList<>();
    for (JsonNode sibling : answer.path("siblings")) {
      file(sibling).ifPresent(files::add);
    }
    return new HubListing(commit, files);
  }

  /**
   * Fetches a file, or what is missing of it.
   *
   * @param target where it is to lie
   * @throws CommandFailure where it cannot be fetched whole and unharmed
   */
  public void download(HubReference reference, String commit, HubFile file, Path target) {
    String path = "/" + reference.id() + "/resolve/" + commit + "/" + encoded(file.path());
    new Download(connection, path, file, target, retries, context).run();
  }

  private JsonNode json(String path) throws IOException {
    try (HubConnection.Response response = connection.get(path, Map.of())) {
      byte[] body = response.body().readNBytes(MAX_LISTING_BYTES + 1);
      if (body.length > MAX_LISTING_BYTES) {
        throw new CommandFailure("the hub's list of files is longer than 64 MiB");
      }
      return MAPPER.readTree(body);
    } catch (JsonProcessingException malformed) {
      throw new CommandFailure(
          "the server's answer to " + path + " is no JSON; does HF_ENDPOINT name a hub?",
          malformed);
    }
  }

  private static Optional<HubFile> file(JsonNode sibling) {
    String path = sibling.path("rfilename").asText();
    if (!isSafe(path) || !sibling.path("size").isIntegralNumber()) {
      return Optional.empty();
    }
    long sizeBytes = sibling.path("size").asLong();
    String sha256 = sibling.path("lfs").path("sha256").asText();
    try {
      return Optional.of(
          new HubFile(
              path,
              sizeBytes,
              sha256.isEmpty()
                  ? new Checksum.GitBlob(sibling.path("blobId").asText(), sizeBytes)
                  : new Checksum.Sha256(sha256)));
    } catch (IllegalArgumentException noChecksum) {
      throw new CommandFailure("the hub gives no checksum for " + path, noChecksum);
    }
  }

  /** A path that cannot lead out of the folder it is resolved against. */
  private static boolean isSafe(String path) {
    return !path.isEmpty()
        && Arrays.stream(path.split("/", -1))
            .noneMatch(
                part ->
                    part.isEmpty() || part.equals(".") || part.equals("..") || part.contains("\\"));
  }

  private static String encoded(String path) {
    return Arrays.stream(path.split("/", -1))
        .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"))
        .collect(Collectors.joining("/"));
  }

  private static URI endpoint(String text) {
    if (!text.matches("https?://[^\\s/?#]+(/[^\\s?#]*)?")) {
      throw new CommandFailure("HF_ENDPOINT must be an http or https address, but is " + text);
    }
    return URI.create(text);
  }
}
