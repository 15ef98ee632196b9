package dev.flyball.engine.cache;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * The files of one cache: for each storage one, or two where the model has states, opened when the
 * storage is first used. A file that cannot be used is done without.
 */
final class ColdStores {
  private static final Logger LOG = System.getLogger(ColdStores.class.getName());

  private final CacheDirectory directory;
  private final String model;
  private final Map<KvStorage, Optional<ColdStore>> stores = new EnumMap<>(KvStorage.class);

  ColdStores(CacheDirectory directory, String model) {
    this.directory = directory;
    this.model = model;
  }

  /** The file of blocks of a shape. */
  Optional<ColdStore> of(KvShape shape) {
    Optional<ColdStore> store = stores.get(shape.storage());
    if (store == null) {
      store = open(shape);
      stores.put(shape.storage(), store);
    }
    return store;
  }

  private Optional<ColdStore> open(KvShape shape) {
    try {
      return Optional.of(ColdStore.open(directory, model, shape));
    } catch (IOException | ArithmeticException e) {
      LOG.log(
          Level.WARNING,
          directory.path() + ": keys and values are not kept there: " + e.getMessage());
      return Optional.empty();
    }
  }

  /** A step begins: as much may be read and written as one may wait for. */
  void startStep() {
    for (Optional<ColdStore> store : stores.values()) {
      if (store.isPresent()) {
        store.get().startStep();
      }
    }
  }

  long writtenBlocks() {
    return sum(ColdStore::writtenBlocks);
  }

  long readBlocks() {
    return sum(ColdStore::readBlocks);
  }

  private long sum(ToLongFunction<ColdStore> count) {
    return opened().stream().mapToLong(count).sum();
  }

  private Collection<ColdStore> opened() {
    return stores.values().stream().flatMap(Optional::stream).toList();
  }

  void checkIntegrity() {
    opened().forEach(ColdStore::checkIntegrity);
  }

  /** Writes what is cold, and closes the files. */
  void close(Collection<PrefixNode> cold) {
    for (PrefixNode node : cold) {
      Optional.ofNullable(stores.get(node.block.storage))
          .flatMap(store -> store)
          .ifPresent(store -> store.write(node));
    }
    opened().forEach(ColdStore::close);
    stores.clear();
  }
}
