package dev.flyball.server.terms;

import dev.flyball.engine.cache.CacheType;
import dev.flyball.engine.cache.CacheWish;
import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import dev.flyball.server.json.JsonFields;
import dev.flyball.units.LatencyTarget;
import dev.flyball.units.Priority;
import dev.flyball.units.ServiceTerms;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/**
 * What a request says about how it wants to be served. A header wins over a field.
 *
 * @param service tenant, priority and latency targets
 * @param run the agent's task that it belongs to
 * @param receipt whether the answer is to carry its receipt
 * @param cache how its keys and values are to be kept, and whom it shares them with
 */
public record RequestTerms(
    ServiceTerms service, Optional<String> run, boolean receipt, CacheWish cache) {
  private static final Pattern NAME = Pattern.compile("[!-~]{1,128}");
  private static final Pattern MILLIS = Pattern.compile("\\d{1,8}(\\.\\d{1,6})?");
  private static final double MAX_MILLIS = 86_400_000;
  private static final int MAX_SALT_LENGTH = 256;

  /**
   * The terms that headers and body speak of.
   *
   * @param isolation whom it may share with where it does not say
   * @throws ServerException INVALID_VALUE or INVALID_TYPE, naming the header or the field
   */
  public static RequestTerms read(
      TermHeaders headers, JsonFields fields, CacheIsolation isolation) {
    LatencyTarget target =
        new LatencyTarget(
            latency(headers.ttftMillis(), TermHeaders.TTFT, fields, "ttft_ms"),
            latency(headers.tpotMillis(), TermHeaders.TPOT, fields, "tpot_ms"));
    String tenant = tenant(headers, fields);
    return new RequestTerms(
        new ServiceTerms(tenant, priority(headers, fields), target),
        headers.run().map(run -> name(TermHeaders.RUN, run)),
        receipt(headers),
        new CacheWish(cacheType(headers), isolation.namespace(tenant, salt(fields))));
  }

  /** The same, with what it leaves open about latency taken from the server's defaults. */
  public RequestTerms withDefaults(LatencyTarget defaults) {
    LatencyTarget target = service.target().or(defaults);
    return new RequestTerms(
        new ServiceTerms(service.tenant(), service.priority(), target), run, receipt, cache);
  }

  /** The same, with keys and values kept in a type. */
  public RequestTerms with(CacheType type) {
    return new RequestTerms(service, run, receipt, cache.with(type));
  }

  private static CacheType cacheType(TermHeaders headers) {
    return CacheType.of(headers.cacheType().orElse(""))
        .filter(type -> type != CacheType.F32)
        .orElseThrow(
            () -> invalid(TermHeaders.KV_CACHE, "must be f16, q8_0, q8_0/q4_0, q4_0 or auto"));
  }

  private static Optional<String> salt(JsonFields fields) {
    Optional<String> salt = fields.string("cache_salt");
    if (salt.isPresent() && (salt.get().isEmpty() || salt.get().length() > MAX_SALT_LENGTH)) {
      throw fields.invalid("cache_salt", "must have 1 to " + MAX_SALT_LENGTH + " characters");
    }
    return salt;
  }

  /**
   * Whoever has an API key is a tenant, whatever the request says: else one could take the share of
   * many, or have others pay.
   */
  private static String tenant(TermHeaders headers, JsonFields fields) {
    Optional<String> said =
        fields
            .string("safety_identifier")
            .or(() -> fields.string("user"))
            .filter(user -> !user.isBlank())
            .map(RequestTerms::tame);
    Optional<String> named = headers.tenant().map(tenant -> name(TermHeaders.TENANT, tenant));
    return headers.caller().or(() -> named).or(() -> said).orElse(ServiceTerms.DEFAULT.tenant());
  }

  private static Priority priority(TermHeaders headers, JsonFields fields) {
    Optional<Priority> byTier = fields.string("service_tier").map(tier -> ofTier(fields, tier));
    return headers.priority().map(RequestTerms::ofHeader).or(() -> byTier).orElse(Priority.NORMAL);
  }

  private static Priority ofHeader(String value) {
    return switch (value.strip().toLowerCase(Locale.ROOT)) {
      case "high" -> Priority.HIGH;
      case "normal" -> Priority.NORMAL;
      case "low" -> Priority.LOW;
      default -> throw invalid(TermHeaders.PRIORITY, "must be high, normal or low");
    };
  }

  private static Priority ofTier(JsonFields fields, String tier) {
    return switch (tier) {
      case "priority" -> Priority.HIGH;
      case "auto", "default", "scale" -> Priority.NORMAL;
      case "flex" -> Priority.LOW;
      default ->
          throw fields.invalid(
              "service_tier", "must be auto, default, scale, flex (low) or priority (high)");
    };
  }

  private static Optional<Duration> latency(
      Optional<String> header, String headerName, JsonFields fields, String field) {
    OptionalDouble millis = fields.number(field, 0, MAX_MILLIS);
    if (header.isPresent()) {
      return Optional.of(duration(header.get()).orElseThrow(() -> notMillis(headerName)));
    }
    if (millis.isEmpty()) {
      return Optional.empty();
    }
    Duration wanted = Duration.ofNanos(Math.round(millis.getAsDouble() * 1e6));
    if (wanted.isZero()) {
      throw fields.invalid(field, "must be above 0");
    }
    return Optional.of(wanted);
  }

  /** A number of milliseconds above 0, at most a day; nothing where the text is none. */
  static Optional<Duration> duration(String millis) {
    String text = millis.strip();
    if (!MILLIS.matcher(text).matches() || Double.parseDouble(text) > MAX_MILLIS) {
      return Optional.empty();
    }
    Duration duration = Duration.ofNanos(Math.round(Double.parseDouble(text) * 1e6));
    return duration.isZero() ? Optional.empty() : Optional.of(duration);
  }

  private static boolean receipt(TermHeaders headers) {
    return switch (headers
        .receipt()
        .map(text -> text.strip().toLowerCase(Locale.ROOT))
        .orElse("")) {
      case "true" -> true;
      case "", "false" -> false;
      default -> throw invalid(TermHeaders.RECEIPT, "must be true or false");
    };
  }

  private static String name(String header, String value) {
    if (!NAME.matcher(value.strip()).matches()) {
      throw invalid(header, "must have 1 to 128 visible ASCII characters");
    }
    return value.strip();
  }

  /** Users of other servers may have any name; it must only not grow, nor break a line. */
  private static String tame(String user) {
    String start = user.strip();
    int length = Math.min(start.length(), ServiceTerms.MAX_TENANT_LENGTH);
    if (length < start.length() && Character.isHighSurrogate(start.charAt(length - 1))) {
      length--;
    }
    return start.substring(0, length).replaceAll("[\\p{Cntrl}\\p{Zl}\\p{Zp}]", "_");
  }

  private static ServerException notMillis(String header) {
    return invalid(header, "must be a number of milliseconds above 0, at most a day");
  }

  private static ServerException invalid(String header, String reason) {
    return ServerException.ofField(
        ServerError.INVALID_VALUE, header, "the header " + header + " " + reason);
  }
}
