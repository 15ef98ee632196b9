package dev.flyball.cli.pull;

import dev.flyball.cli.console.CommandFailure;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** What the hub's refusals mean: a failure that passes, or words for the user. */
final class HubRefusal {
  private HubRefusal() {}

  /** The failure to throw. Failures that do not pass are thrown here as {@link CommandFailure}. */
  static IOException of(int status, URI uri, HttpURLConnection connection, boolean withToken) {
    String where = " (" + status + " from " + withoutQuery(uri) + ")";
    if (status == 429 || status == 408 || status >= 500) {
      return new TransientFailure("the server is busy" + where, retryAfter(connection));
    }
    throw new CommandFailure(
        switch (status) {
          case 401 ->
              withToken
                  ? "the hub does not accept the access token in HF_TOKEN" + where
                  : "there is no such public repository; a private one needs an access token in"
                      + " HF_TOKEN"
                      + where;
          case 403 ->
              "this repository asks you to accept its terms: do so on its page on the hub, then set"
                  + " HF_TOKEN to an access token of yours"
                  + where;
          case 404 -> "there is no such repository or file" + where;
          default -> "the server refuses" + where;
        });
  }

  private static Optional<Duration> retryAfter(HttpURLConnection connection) {
    String seconds = connection.getHeaderField("Retry-After");
    return seconds != null && seconds.matches("[0-9]{1,6}")
        ? Optional.of(Duration.ofSeconds(Long.parseLong(seconds)))
        : Optional.empty();
  }

  /** Signed addresses carry secrets in their query. */
  private static String withoutQuery(URI uri) {
    return uri.toString().replaceFirst("\\?.*", "");
  }
}
