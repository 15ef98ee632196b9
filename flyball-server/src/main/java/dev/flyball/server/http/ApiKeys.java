package dev.flyball.server.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

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

  /** Whether the value of an {@code Authorization} header holds one of the keys. */
  boolean accept(String authorization) {
    if (!authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return false;
    }
    byte[] given = sha256(authorization.substring(SCHEME.length()).strip());
    boolean accepted = false;
    for (byte[] digest : digests) {
      accepted |= MessageDigest.isEqual(digest, given);
    }
    return accepted;
  }

  private static byte[] sha256(String key) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
