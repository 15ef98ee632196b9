package dev.flyball.server.models;

import dev.flyball.engine.Engine;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** The right to use a loaded model: it is not unloaded before the lease is closed. Thread-safe. */
public final class ModelLease implements AutoCloseable {
  private final CatalogModel model;
  private final Engine engine;
  private final Runnable release;
  private final AtomicBoolean closed = new AtomicBoolean();

  ModelLease(CatalogModel model, Engine engine, Runnable release) {
    this.model = model;
    this.engine = engine;
    this.release = release;
  }

  public CatalogModel model() {
    return model;
  }

  public Engine engine() {
    return engine;
  }

  /** Does something with the model, which is given back where that fails. */
  public <T> T guarding(Supplier<T> work) {
    try {
      return work.get();
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** Gives the model back; does not block. Closing twice does no harm. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      release.run();
    }
  }
}
