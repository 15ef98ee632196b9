package dev.flyball.server.models;

import dev.flyball.engine.ModelUse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * From the model that a request names, or does not name, to a loaded engine. Remembers what names
 * mean while their models are loaded, so that the disk is not searched for every request.
 * Thread-safe; {@link #lease} blocks.
 */
public final class ModelResolver {
  private static final String DEFAULT = "default";
  private static final int MAX_REMEMBERED = 1000;

  private final ModelCatalog catalog;
  private final ModelRegistry registry;
  private final ServedAdapters adapters;
  private final Optional<String> defaultModel;
  private final Map<String, CatalogModel> remembered = new ConcurrentHashMap<>();

  /**
   * A resolver.
   *
   * @param adapters named like models
   * @param defaultModel what a request gets that names no model; nothing: the catalogue decides
   */
  public ModelResolver(
      ModelCatalog catalog,
      ModelRegistry registry,
      ServedAdapters adapters,
      Optional<String> defaultModel) {
    this.catalog = catalog;
    this.registry = registry;
    this.adapters = adapters;
    this.defaultModel = defaultModel;
  }

  /**
   * Takes a model into use, loading it if need be.
   *
   * @param name the name in the request, of a model or an adapter; nothing, empty or {@code
   *     default}: the default model
   * @throws dev.flyball.server.error.ServerException MODEL_NOT_FOUND, MISSING_FIELD, and what
   *     {@link ModelRegistry#acquire} throws
   */
  public ModelLease lease(Optional<String> name, Optional<KeepAlive> keepAlive) {
    String wanted = name.filter(given -> !given.isBlank()).orElse(DEFAULT);
    Optional<ServedAdapter> adapter = adapters.find(wanted);
    if (adapter.isPresent()) {
      return registry.acquire(adapter.get().base(), keepAlive).with(adapter.get());
    }
    CatalogModel known = remembered.get(wanted);
    if (known != null && registry.isLoaded(known.name())) {
      return registry.acquire(known, keepAlive);
    }
    CatalogModel model = find(wanted);
    if (remembered.size() >= MAX_REMEMBERED) {
      remembered.clear();
    }
    remembered.put(wanted, model);
    return registry.acquire(model, keepAlive);
  }

  /** Names of the loaded models that are good for something, in alphabetical order. */
  public List<String> loadedFor(ModelUse use) {
    return registry.status().stream()
        .filter(status -> status.engine().filter(e -> e.info().isFor(use)).isPresent())
        .map(ModelStatus::name)
        .sorted()
        .toList();
  }

  /**
   * The model of a request that names none.
   *
   * @throws dev.flyball.server.error.ServerException MODEL_NOT_FOUND, MISSING_FIELD
   */
  public CatalogModel defaultModel() {
    return find(DEFAULT);
  }

  private CatalogModel find(String wanted) {
    if (!wanted.equals(DEFAULT)) {
      return catalog.resolve(wanted);
    }
    return catalog
        .find(DEFAULT)
        .or(() -> defaultModel.map(catalog::resolve))
        .orElseGet(catalog::defaultModel);
  }
}
