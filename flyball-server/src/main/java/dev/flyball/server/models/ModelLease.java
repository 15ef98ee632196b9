package dev.flyball.server.models;

import dev.flyball.engine.Engine;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** The right to use a loaded model: it is not unloaded before the lease is closed. Thread-safe. */
public final class ModelLease implements AutoCloseable {
  private final CatalogModel model;
  private final Engine engine;
  private final Optional<ServedAdapter> adapter;
  private final Runnable release;
  private final AtomicBoolean closed = new AtomicBoolean();

  ModelLease(CatalogModel model, Engine engine, Runnable release) {
    this(model, engine, Optional.empty(), release);
  }

  private ModelLease(
      CatalogModel model, Engine engine, Optional<ServedAdapter> adapter, Runnable release) {
    this.model = model;
    this.adapter = adapter;
    this.engine = engine;
    this.release = release;
  }

  public CatalogModel model() {
    return model;
  }

  /** The adapter that the request named as its model. */
  public Optional<ServedAdapter> adapter() {
    return adapter;
  }

  /** What the request named: the adapter, else the model. */
  public String servedName() {
    return adapter.map(ServedAdapter::name).orElse(model.name());
  }

  /** The same right, to the model with an adapter; closed instead of this. */
  ModelLease with(ServedAdapter named) {
    return new ModelLease(model, engine, Optional.of(named), release);
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
