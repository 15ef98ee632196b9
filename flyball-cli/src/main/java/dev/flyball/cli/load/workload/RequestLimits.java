package dev.flyball.cli.load.workload;

import java.time.Duration;
import java.util.Optional;

/**
 * Where a workload ends, and how long its requests may be.
 *
 * @param duration arrivals later than this are left out; nothing: no such end
 * @param maxRequests requests at most
 * @param maxContext tokens of prompt and answer together; longer prompts lose their end, longer
 *     answers theirs
 */
public record RequestLimits(Optional<Duration> duration, long maxRequests, int maxContext) {
  public RequestLimits {
    if (duration.filter(d -> d.isZero() || d.isNegative()).isPresent()) {
      throw new IllegalArgumentException("--duration must be above 0");
    }
    if (maxRequests < 1) {
      throw new IllegalArgumentException("--max-requests must be at least 1");
    }
    if (maxContext < 2) {
      throw new IllegalArgumentException("--max-context must be at least 2");
    }
  }

  /** A request within the longest context; the answer keeps half of it where both are too long. */
  PlannedRequest fit(PlannedRequest request) {
    int prompt = request.prompt().tokens();
    if (prompt + request.outputTokens() <= maxContext) {
      return request;
    }
    int output = Math.min(request.outputTokens(), Math.max(maxContext - prompt, maxContext / 2));
    return new PlannedRequest(
        request.arrivalNanos(),
        request.className(),
        request.prompt().limitedTo(maxContext - output),
        output);
  }
}
