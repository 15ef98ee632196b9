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

  /** The name of the admin key. */
  static final String ADMIN = "admin";

  private final List<byte[]> digests;
  private final Optional<byte[]> adminDigest;

  /**
   * The keys.
   *
   * @param keys none: every request is let in
   * @param adminKey opens what is for administrators, and all else
   */
  public ApiKeys(List<String> keys, Optional<String> adminKey) {
    this.digests = keys.stream().map(ApiKeys::sha256).toList();
    this.adminDigest = adminKey.map(ApiKeys::sha256);
  }

  /** Whether callers need a key. */
  boolean haveCallers() {
    return !digests.isEmpty();
  }

  /** Whether administrators have a key of their own. */
  boolean haveAdmin() {
    return adminDigest.isPresent();
  }

  /**
   * The name of the key that the value of an {@code Authorization} header holds: {@code key-1} for
   * the first, and so on, {@code admin} for that of administrators; nothing where it holds none of
   * them.
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
    if (adminDigest.isPresent() && MessageDigest.isEqual(adminDigest.get(), given)) {
      return Optional.of(ADMIN);
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
