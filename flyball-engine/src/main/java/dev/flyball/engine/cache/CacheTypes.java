package dev.flyball.engine.cache;

/**
 * What the owner of an engine says about its cache.
 *
 * @param usual how keys and values are kept; automatic: by the engine's rule, request by request
 * @param least the coarsest type that the rule may choose by itself, as far as it goes down at all:
 *     {@link CacheType#F16}, {@link CacheType#Q8_0} or coarser; requests may ask for less
 */
public record CacheTypes(CacheType usual, CacheType least) {
  /** By the rule, which does not go below bytes: they cost no quality that could be measured. */
  public static final CacheTypes DEFAULT = new CacheTypes(CacheType.AUTOMATIC, CacheType.Q8_0);

  public CacheTypes {
    if (least.compareTo(CacheType.F16) < 0) {
      throw notLeast(least.label());
    }
  }

  /**
   * The usual type of a name.
   *
   * @throws IllegalArgumentException where there is none of that name
   */
  public static CacheType parseUsual(String name) {
    return CacheType.of(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the cache's type must be f32, f16, q8_0, q8_0/q4_0, q4_0 or auto, not "
                        + name));
  }

  /**
   * The coarsest type, of a name.
   *
   * @throws IllegalArgumentException where it cannot be that
   */
  public static CacheType parseLeast(String name) {
    return CacheType.of(name)
        .filter(type -> type.compareTo(CacheType.F16) >= 0)
        .orElseThrow(() -> notLeast(name));
  }

  private static IllegalArgumentException notLeast(String name) {
    return new IllegalArgumentException(
        "the coarsest type of the cache must be f16, q8_0, q8_0/q4_0 or q4_0, not " + name);
  }

  /** The same with another usual type. */
  public CacheTypes withUsual(CacheType type) {
    return new CacheTypes(type, least);
  }

  /** The same with another limit for the rule. */
  public CacheTypes withLeast(CacheType type) {
    return new CacheTypes(usual, type);
  }
}
