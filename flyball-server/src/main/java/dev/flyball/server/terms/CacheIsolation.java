package dev.flyball.server.terms;

import dev.flyball.engine.cache.KvNamespace;
import java.util.Locale;
import java.util.Optional;

/** Who may find what others' prompts left in the cache, besides those with the same salt. */
public enum CacheIsolation {
  /** Everybody. */
  NONE,
  /** The same tenant only: who else has sent a prompt cannot be told from times either. */
  TENANT;

  /**
   * Reads {@code none} or {@code tenant}.
   *
   * @throws IllegalArgumentException where the text is neither
   */
  public static CacheIsolation parse(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "none" -> NONE;
      case "tenant" -> TENANT;
      default -> throw new IllegalArgumentException("it is none or tenant");
    };
  }

  /** Whom a request shares with: different ones for different tenants or salts. */
  KvNamespace namespace(String tenant, Optional<String> salt) {
    String salted = salt.map(text -> "salt:" + text).orElse("");
    return switch (this) {
      case NONE -> new KvNamespace(salted);
      case TENANT -> new KvNamespace("tenant:%d:%s%s".formatted(tenant.length(), tenant, salted));
    };
  }
}
