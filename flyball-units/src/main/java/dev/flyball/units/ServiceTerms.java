package dev.flyball.units;

/**
 * For whom a request is, and how it wants to be served.
 *
 * @param tenant who shares fairly with others; at most {@link #MAX_TENANT_LENGTH} characters
 * @param priority before or after whom it is served
 * @param target how fast
 */
public record ServiceTerms(String tenant, Priority priority, LatencyTarget target) {
  public static final int MAX_TENANT_LENGTH = 128;

  /** Of a request that says nothing. */
  public static final ServiceTerms DEFAULT =
      new ServiceTerms("default", Priority.NORMAL, LatencyTarget.NONE);

  public ServiceTerms {
    if (tenant.isEmpty() || tenant.length() > MAX_TENANT_LENGTH) {
      throw new IllegalArgumentException(
          "a tenant's name must have 1 to " + MAX_TENANT_LENGTH + " characters");
    }
  }
}
