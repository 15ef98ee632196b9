package dev.flyball.server.models;

import dev.flyball.engine.EngineException;
import dev.flyball.engine.adapter.AdapterFile;
import dev.flyball.engine.adapter.Adapters;
import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which adapters there are for which models, also while their models are not loaded: a model that
 * is loaded again gets them again. Thread-safe; what changes it blocks while an adapter loads, what
 * reads it never does.
 */
public final class ServedAdapters {
  private final InstantSource clock;
  private final ReentrantLock changes = new ReentrantLock();
  private volatile List<ServedAdapter> adapters = List.of();
  private int nextId;

  public ServedAdapters(InstantSource clock) {
    this.clock = clock;
  }

  /** All, in the order of their loading. */
  public List<ServedAdapter> list() {
    return adapters;
  }

  /** The one of this name. */
  public Optional<ServedAdapter> find(String name) {
    return adapters.stream().filter(adapter -> adapter.name().equals(name)).findFirst();
  }

  /** The one of this number. */
  public Optional<ServedAdapter> find(int id) {
    return adapters.stream().filter(adapter -> adapter.id() == id).findFirst();
  }

  /** Those of a model. */
  public List<ServedAdapter> of(CatalogModel model) {
    return adapters.stream().filter(one -> one.base().name().equals(model.name())).toList();
  }

  /** Notes adapters that are loaded with their model. */
  public void add(CatalogModel base, List<AdapterFile> files) {
    changes.lock();
    try {
      files.forEach(file -> add(base, file));
    } finally {
      changes.unlock();
    }
  }

  /**
   * Loads an adapter beside a loaded model.
   *
   * @throws ServerException INVALID_VALUE where it cannot be used, INSUFFICIENT_MEMORY
   */
  public ServedAdapter load(ModelLease base, AdapterFile file) {
    changes.lock();
    try {
      Adapters loaded = base.engine().adapters();
      if (find(file.name()).isEmpty()) {
        loaded.unload(file.name()); // left of a change while the model was loading
      }
      loaded.load(file);
      return add(base.model(), file);
    } catch (EngineException e) {
      throw refusal(e);
    } finally {
      changes.unlock();
    }
  }

  private static ServerException refusal(EngineException failure) {
    return switch (failure.error()) {
      case FILE_UNREADABLE, FILE_CORRUPT, UNSUPPORTED_MODEL, INVALID_INPUT ->
          ServerException.ofField(
              ServerError.INVALID_VALUE,
              "lora_path",
              "the adapter was not loaded: " + failure.getMessage());
      default -> ServerException.of(failure);
    };
  }

  private ServedAdapter add(CatalogModel base, AdapterFile file) {
    ServedAdapter adapter = new ServedAdapter(nextId++, base, file, clock.instant());
    List<ServedAdapter> more = new ArrayList<>(adapters);
    more.add(adapter);
    adapters = List.copyOf(more);
    return adapter;
  }

  /**
   * Takes an adapter out of use; requests that have it keep it.
   *
   * @param loaded the adapters beside its model; nothing where that is not loaded
   */
  public void unload(ServedAdapter adapter, Optional<Adapters> loaded) {
    changes.lock();
    try {
      adapters = adapters.stream().filter(one -> one.id() != adapter.id()).toList();
      loaded.ifPresent(all -> all.unload(adapter.name()));
    } finally {
      changes.unlock();
    }
  }

  /**
   * Sets the scales for a model's requests to come that choose no adapters; those of its adapters
   * that are not named get 0.
   *
   * @param scales by number
   * @param loaded the adapters beside the model; nothing where it is not loaded
   */
  public void setUsual(CatalogModel base, Map<Integer, Float> scales, Optional<Adapters> loaded) {
    changes.lock();
    try {
      Map<String, Float> byName = new HashMap<>();
      List<ServedAdapter> changed = new ArrayList<>();
      for (ServedAdapter one : adapters) {
        boolean isMeant = one.base().name().equals(base.name());
        float scale = isMeant ? scales.getOrDefault(one.id(), 0f) : one.file().scale();
        changed.add(
            new ServedAdapter(one.id(), one.base(), one.file().withScale(scale), one.added()));
        if (isMeant) {
          byName.put(one.name(), scale);
        }
      }
      loaded.ifPresent(all -> all.setUsual(byName));
      adapters = List.copyOf(changed);
    } finally {
      changes.unlock();
    }
  }
}
