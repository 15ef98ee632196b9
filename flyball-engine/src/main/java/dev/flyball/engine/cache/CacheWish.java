package dev.flyball.engine.cache;

/**
 * What a request asks of the cache.
 *
 * @param type how its keys and values are to be kept; automatic: by the engine's rule
 * @param namespace whom it shares prefixes with
 */
public record CacheWish(CacheType type, KvNamespace namespace) {
  public static final CacheWish DEFAULT = new CacheWish(CacheType.AUTOMATIC, KvNamespace.EVERYBODY);

  /** The same in another type. */
  public CacheWish with(CacheType other) {
    return new CacheWish(other, namespace);
  }
}
