package dev.flyball.server.models;

import dev.flyball.engine.Engine;
import dev.flyball.engine.EngineFactory;
import dev.flyball.engine.EngineOptions;
import dev.flyball.engine.MemoryEstimate;
import dev.flyball.engine.adapter.AdapterFile;
import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The engines that are loaded. A model is loaded on first use, by one thread however many requests
 * ask for it; it is unloaded when it has been idle for its keep-alive time, or earlier, least
 * recently used first, when another model needs its memory; never while it is in use.
 *
 * <p>Thread-safe. {@link #acquire}, {@link #unloadIdle} and {@link #close} block while a model
 * loads or closes and belong on virtual or worker threads.
 */
public final class ModelRegistry implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ModelRegistry.class.getName());

  private final EngineFactory factory;
  private final EngineOptions options;
  private final ServedAdapters adapters;
  private final KeepAlive defaultKeepAlive;
  private final MemoryBudget budget;
  private final InstantSource clock;
  private final Executor unloader;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition memoryFreed = lock.newCondition();
  private final Map<String, LoadedModel> models = new LinkedHashMap<>();
  private final Set<LoadedModel> closing = new HashSet<>();
  private boolean closed;

  /**
   * An empty registry.
   *
   * @param options how engines are run; their adapters are those served
   * @param adapters loaded with their models
   * @param unloader closes engines whose last user wants them unloaded at once; must not run them
   *     on the calling thread where that may be an engine's own
   */
  public ModelRegistry(
      EngineFactory factory,
      EngineOptions options,
      ServedAdapters adapters,
      KeepAlive defaultKeepAlive,
      MemoryBudget budget,
      InstantSource clock,
      Executor unloader) {
    this.factory = factory;
    this.options = options;
    this.adapters = adapters;
    this.defaultKeepAlive = defaultKeepAlive;
    this.budget = budget;
    this.clock = clock;
    this.unloader = unloader;
  }

  /**
   * Takes a model into use, loading it if need be.
   *
   * @param keepAlive how long the model stays after this use; nothing: the registry's default
   * @throws ServerException INSUFFICIENT_MEMORY, MODEL_UNREADABLE, UNSUPPORTED_MODEL, STOPPING
   */
  public ModelLease acquire(CatalogModel model, Optional<KeepAlive> keepAlive) {
    LoadedModel loaded;
    boolean first;
    lock.lock();
    try {
      if (closed) {
        throw new ServerException(ServerError.STOPPING, "the server is stopping");
      }
      LoadedModel present = models.get(model.name());
      first = present == null;
      loaded =
          present == null ? new LoadedModel(model, defaultKeepAlive, clock.instant()) : present;
      models.put(model.name(), loaded);
      loaded.users++;
    } finally {
      lock.unlock();
    }
    if (first) {
      load(loaded);
    }
    return new ModelLease(loaded.model, engineOf(loaded), () -> release(loaded, keepAlive));
  }

  /** Whether a model is loaded or loading. */
  public boolean isLoaded(String name) {
    lock.lock();
    try {
      return models.containsKey(name);
    } finally {
      lock.unlock();
    }
  }

  /** The models that are loaded or loading, the one loaded first first. */
  public List<ModelStatus> status() {
    lock.lock();
    try {
      return models.values().stream().map(LoadedModel::status).toList();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Unloads the models whose keep-alive time is over.
   *
   * @return how many
   */
  public int unloadIdle() {
    List<LoadedModel> expired;
    lock.lock();
    try {
      expired = models.values().stream().filter(model -> model.isExpired(clock.instant())).toList();
      expired.forEach(this::retire);
    } finally {
      lock.unlock();
    }
    expired.forEach(this::closeEngine);
    return expired.size();
  }

  /** Refuses further use and closes every engine, those still in use included. */
  @Override
  public void close() {
    List<LoadedModel> all;
    lock.lock();
    try {
      closed = true;
      all = new ArrayList<>(models.values());
      all.forEach(this::retire);
    } finally {
      lock.unlock();
    }
    all.forEach(this::closeEngine);
  }

  private void load(LoadedModel loaded) {
    String name = loaded.model.name();
    try {
      EngineOptions asServed = served(loaded.model);
      MemoryEstimate estimate = factory.estimate(loaded.model.file(), asServed);
      reserve(loaded, estimate);
      long startNanos = System.nanoTime();
      LOG.log(System.Logger.Level.INFO, "loading {0}", name);
      Engine engine = factory.load(loaded.model.file(), asServed);
      long millis = (System.nanoTime() - startNanos) / 1_000_000;
      LOG.log(System.Logger.Level.INFO, "loaded {0} in {1} ms", name, Long.toString(millis));
      loaded.engine.complete(engine);
    } catch (Throwable failure) { // whatever it is, those who wait must learn of it
      forget(loaded);
      loaded.engine.completeExceptionally(failure);
    }
  }

  private EngineOptions served(CatalogModel model) {
    List<AdapterFile> files = adapters.of(model).stream().map(ServedAdapter::file).toList();
    return options
        .withAdapters(options.adapters().withFiles(files))
        .withSpeculation(options.speculation().forModel(model.name()));
  }

  private static Engine engineOf(LoadedModel loaded) {
    try {
      return loaded.engine.join();
    } catch (CompletionException e) {
      throw asServerException(loaded.model.name(), e.getCause());
    }
  }

  private static ServerException asServerException(String name, @Nullable Throwable failure) {
    return switch (failure) {
      case OutOfMemoryError outOfMemory ->
          new ServerException(
              ServerError.INSUFFICIENT_MEMORY,
              "memory ran out while the model '" + name + "' was loaded",
              outOfMemory);
      case null ->
          new ServerException(ServerError.INTERNAL, "the model '" + name + "' was not loaded");
      default -> ServerException.from(failure);
    };
  }

  /**
   * Takes memory for a model, unloading idle ones while there is less than it would like, and is
   * content with the least that it needs when there are no more.
   */
  private void reserve(LoadedModel loaded, MemoryEstimate estimate) {
    while (true) {
      LoadedModel victim;
      lock.lock();
      try {
        if (fits(estimate.total())) {
          loaded.memoryBytes = estimate.total();
          return;
        }
        victim = leastRecentlyUsedIdle(budget.leastBytes(estimate));
        if (victim == null) {
          if (closing.isEmpty()) {
            takeLeast(loaded, budget.leastBytes(estimate));
            return;
          }
          memoryFreed.awaitUninterruptibly();
          continue;
        }
        retire(victim);
      } finally {
        lock.unlock();
      }
      closeEngine(victim);
    }
  }

  /** An engine with less memory than it would like takes half of what is left for its cache. */
  private void takeLeast(LoadedModel loaded, long leastBytes) {
    if (!fits(leastBytes)) {
      throw insufficientMemory(loaded.model.name(), leastBytes);
    }
    long leftBytes =
        Math.min(budget.limitBytes() - reservedBytes(), budget.availableBytes()) - leastBytes;
    loaded.memoryBytes = leastBytes + leftBytes / 2;
  }

  private boolean fits(long neededBytes) {
    return neededBytes <= budget.limitBytes() - reservedBytes()
        && neededBytes <= budget.availableBytes();
  }

  private long reservedBytes() {
    long bytes = 0;
    for (LoadedModel model : models.values()) {
      bytes += model.memoryBytes;
    }
    for (LoadedModel model : closing) {
      bytes += model.memoryBytes;
    }
    return bytes;
  }

  private @Nullable LoadedModel leastRecentlyUsedIdle(long neededBytes) {
    if (neededBytes > budget.limitBytes()) {
      return null; // would not fit even alone: leave the others where they are
    }
    return models.values().stream()
        .filter(LoadedModel::isIdle)
        .min(Comparator.comparing(model -> model.idleSince))
        .orElse(null);
  }

  private ServerException insufficientMemory(String name, long neededBytes) {
    return new ServerException(
        ServerError.INSUFFICIENT_MEMORY,
        "the model '%s' needs %s; models may take %s in all, of which %s are in use, and the machine has %s free. Use a smaller model or context, or raise FLYBALL_MEMORY_LIMIT"
            .formatted(
                name,
                inGibibytes(neededBytes),
                inGibibytes(budget.limitBytes()),
                inGibibytes(reservedBytes()),
                budget.availableBytes() == Long.MAX_VALUE
                    ? "enough"
                    : inGibibytes(budget.availableBytes())));
  }

  private void release(LoadedModel loaded, Optional<KeepAlive> keepAlive) {
    boolean unload;
    lock.lock();
    try {
      loaded.users--;
      loaded.keepAlive = keepAlive.orElse(defaultKeepAlive);
      loaded.idleSince = clock.instant();
      unload =
          loaded.isIdle() && loaded.keepAlive.isZero() && models.get(loaded.model.name()) == loaded;
      if (unload) {
        retire(loaded);
      }
    } finally {
      lock.unlock();
    }
    if (unload) {
      unloader.execute(() -> closeEngine(loaded));
    }
  }

  /** Takes a model out of use; its memory counts until its engine is closed. */
  private void retire(LoadedModel loaded) {
    models.remove(loaded.model.name(), loaded);
    closing.add(loaded);
  }

  private void closeEngine(LoadedModel loaded) {
    try {
      loaded.engine.join().close();
      LOG.log(System.Logger.Level.INFO, "unloaded {0}", loaded.model.name());
    } catch (CompletionException e) {
      LOG.log(System.Logger.Level.DEBUG, "{0} had not been loaded", loaded.model.name());
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "closing " + loaded.model.name() + " failed", e);
    } finally {
      forget(loaded);
    }
  }

  private void forget(LoadedModel loaded) {
    lock.lock();
    try {
      models.remove(loaded.model.name(), loaded);
      closing.remove(loaded);
      memoryFreed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static String inGibibytes(long bytes) {
    return String.format(Locale.ROOT, "%.2f GiB", bytes / (double) (1L << 30));
  }
}
