package dev.flyball.server.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;

/**
 * The API keys that open the server, kept as SHA-256 digests. Checking takes the same time
 * whichever key is right, if any, and however much of it is.
 */
public final class ApiKeys {
  private static final String SCHEME = "Bearer ";

  private final List<byte[]> digests;

  /**
   * The keys.
   *
   * @param keys none: every request is let in
   */
  public ApiKeys(List<String> keys) {
    this.digests = keys.stream().map(ApiKeys::sha256).toList();
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return digests.isEmpty();
  }

  /**
   * The name of the key that the value of an {@code Authorization} header holds: {@code key-1} for
   * the first, and so on; nothing where it holds none of them.
   */
  Optional<String> nameOf(String authorization) {
    if (!authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Optional.empty();
    }
    byte[] given = sha256(authorization.substring(SCHEME.length()).strip());
    int found = 0;
    for (int number = 1; number <= digests.size(); number++) {
      if (MessageDigest.isEqual(digests.get(number - 1), given)) {
        found = number;
      }
    }
    return found == 0 ? Optional.empty() : Optional.of("key-" + found);
  }

  private static byte[] sha256(String key) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
