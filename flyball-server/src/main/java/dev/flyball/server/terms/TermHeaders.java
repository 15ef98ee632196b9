package dev.flyball.server.terms;

import dev.flyball.server.http.Exchange;
import java.util.Optional;

/**
 * The headers of a request that speak of its terms, not yet looked into, so that a worker's thread
 * can do so.
 *
 * @param caller who calls, by the API key
 * @param clientId what the client calls its request
 */
public record TermHeaders(
    Optional<String> caller,
    Optional<String> clientId,
    Optional<String> receipt,
    Optional<String> run,
    Optional<String> tenant,
    Optional<String> priority,
    Optional<String> ttftMillis,
    Optional<String> tpotMillis,
    Optional<String> cacheType) {
  static final String RECEIPT = "x-flyball-receipt";
  static final String RUN = "x-flyball-run";
  static final String TENANT = "x-flyball-tenant";
  static final String PRIORITY = "x-flyball-priority";
  static final String TTFT = "x-flyball-ttft-ms";
  static final String TPOT = "x-flyball-tpot-ms";
  static final String KV_CACHE = "x-flyball-kv-cache";

  private static final int MAX_CLIENT_ID_LENGTH = 128;

  /** Those of a request; to be called on its event loop. */
  public static TermHeaders of(Exchange exchange) {
    return new TermHeaders(
        exchange.caller(),
        exchange.requestHeader("x-request-id").filter(id -> !id.isBlank()).map(TermHeaders::tame),
        exchange.requestHeader(RECEIPT),
        exchange.requestHeader(RUN),
        exchange.requestHeader(TENANT),
        exchange.requestHeader(PRIORITY),
        exchange.requestHeader(TTFT),
        exchange.requestHeader(TPOT),
        exchange.requestHeader(KV_CACHE));
  }

  /** What a client made up, fit for logs: short, visible ASCII, no quotes. */
  private static String tame(String id) {
    String start = id.strip();
    start = start.substring(0, Math.min(start.length(), MAX_CLIENT_ID_LENGTH));
    return start.replaceAll("[^!#-&(-~]", "_");
  }
}
