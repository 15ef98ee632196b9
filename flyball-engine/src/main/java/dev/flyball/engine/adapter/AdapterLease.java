package dev.flyball.engine.adapter;

import dev.flyball.engine.cache.KvNamespace;
import dev.flyball.engine.model.AdapterMix;
import java.util.concurrent.atomic.AtomicBoolean;

/** The adapters of one request: none of them is freed before the lease is closed. Thread-safe. */
public final class AdapterLease implements AdapterGrant, AutoCloseable {
  /** The base model as it is. */
  public static final AdapterLease NONE = new AdapterLease(AdapterMix.NONE, "", () -> {});

  private final AdapterMix mix;
  private final String key;
  private final Runnable release;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * @param key differs where what the adapters compute does
   */
  AdapterLease(AdapterMix mix, String key, Runnable release) {
    this.mix = mix;
    this.key = key;
    this.release = release;
  }

  /** What is computed with. */
  public AdapterMix mix() {
    return mix;
  }

  /**
   * With whom keys and values may be shared: with whom they could be without adapters, as long as
   * adapters and scales are the same.
   */
  public KvNamespace within(KvNamespace namespace) {
    return key.isEmpty() ? namespace : new KvNamespace(key + namespace.name());
  }

  /** Gives the adapters back. Idempotent. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      release.run();
    }
  }
}
