package dev.flyball.engine.adapter;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.lora.LoraFile;
import dev.flyball.engine.model.Adapter;
import dev.flyball.engine.model.AdapterMix;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** The adapters beside one model, counted by the requests that use them. Thread-safe. */
public final class AdapterTable implements Adapters, AutoCloseable {
  private final Function<LoraFile, Adapter> prepare;
  private final LongSupplier freeBytes;
  private final int most;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /** Adapters that are loaded or loading. */
  private int places;

  private boolean closed;

  /** An adapter; what changes is guarded by the lock. */
  private static final class Entry {
    final Adapter adapter;
    final String fingerprint;
    final long bytes;
    AdapterFile file;
    int users;
    boolean unloaded;

    Entry(AdapterFile file, Adapter adapter, String fingerprint, long bytes) {
      this.file = file;
      this.adapter = adapter;
      this.fingerprint = fingerprint;
      this.bytes = bytes;
    }

    boolean isOver() {
      return unloaded && users == 0;
    }

    AdapterInfo info() {
      return new AdapterInfo(file, adapter.rank(), bytes, users);
    }
  }

  /**
   * @param prepare makes what the model computes with
   * @param freeBytes memory that adapters may still take
   * @param most adapters that may be loaded at a time
   */
  public AdapterTable(Function<LoraFile, Adapter> prepare, LongSupplier freeBytes, int most) {
    this.prepare = prepare;
    this.freeBytes = freeBytes;
    this.most = most;
  }

  @Override
  public AdapterInfo load(AdapterFile file) {
    takePlace(file.name());
    Entry entry;
    try {
      entry = open(file);
    } catch (RuntimeException | Error e) {
      givePlaceBack();
      throw e;
    }
    Optional<EngineException> refusal = add(entry);
    if (refusal.isPresent()) {
      entry.adapter.close();
      throw refusal.get();
    }
    return new AdapterInfo(file, entry.adapter.rank(), entry.bytes, 0);
  }

  private void takePlace(String name) {
    lock.lock();
    try {
      requireOpen();
      requireFree(name);
      if (places >= most) {
        throw invalid(
            "%d adapters are loaded, as many as there may be (--max-loras); unload one first"
                .formatted(places));
      }
      places++;
    } finally {
      lock.unlock();
    }
  }

  private void givePlaceBack() {
    lock.lock();
    try {
      places--;
    } finally {
      lock.unlock();
    }
  }

  private Entry open(AdapterFile file) {
    long bytes = file.sizeBytes();
    if (bytes > freeBytes.getAsLong()) {
      throw new EngineException(
          EngineError.OUT_OF_MEMORY,
          "%s needs %.1f MiB, and %.1f MiB of memory are free; unload another adapter or model"
              .formatted(file.path(), mebibytes(bytes), mebibytes(freeBytes.getAsLong())));
    }
    try (LoraFile lora = LoraFile.open(file.path())) {
      return new Entry(file, prepare.apply(lora), lora.fingerprint(), bytes);
    }
  }

  private static double mebibytes(long bytes) {
    return bytes / (double) (1 << 20);
  }

  /** Nothing where it is added; what came meanwhile may forbid it. */
  private Optional<EngineException> add(Entry entry) {
    lock.lock();
    try {
      requireOpen();
      requireFree(entry.file.name());
      entries.put(entry.file.name(), entry);
      return Optional.empty();
    } catch (EngineException e) {
      places--;
      return Optional.of(e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean unload(String name) {
    Entry entry;
    lock.lock();
    try {
      Entry found = entries.remove(name);
      if (found == null) {
        return false;
      }
      entry = found;
      entry.unloaded = true;
      if (!entry.isOver()) {
        return true;
      }
      places--;
    } finally {
      lock.unlock();
    }
    entry.adapter.close();
    return true;
  }

  @Override
  public List<AdapterInfo> list() {
    lock.lock();
    try {
      return entries.values().stream().map(Entry::info).toList();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void setUsual(Map<String, Float> scales) {
    lock.lock();
    try {
      for (String name : scales.keySet()) {
        if (!entries.containsKey(name)) {
          throw invalid("there is no adapter \"" + name + "\"");
        }
      }
      scales.values().forEach(AdapterFile::requireScale);
      for (Entry entry : entries.values()) {
        entry.file = entry.file.withScale(scales.getOrDefault(entry.file.name(), 0f));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes what a request asks for into use. */
  public AdapterGrant lease(AdapterWish wish) {
    lock.lock();
    try {
      Map<String, Float> wanted = new TreeMap<>(wish.scales().orElseGet(this::usual));
      wanted.values().removeIf(scale -> scale == 0);
      List<Entry> used = new ArrayList<>();
      for (String name : wanted.keySet()) {
        Entry entry = entries.get(name);
        if (entry == null) {
          return new AdapterGrant.Unknown(name);
        }
        used.add(entry);
      }
      return used.isEmpty() ? AdapterLease.NONE : lease(used, wanted);
    } finally {
      lock.unlock();
    }
  }

  private Map<String, Float> usual() {
    Map<String, Float> scales = new TreeMap<>();
    entries.values().forEach(entry -> scales.put(entry.file.name(), entry.file.scale()));
    return scales;
  }

  private AdapterLease lease(List<Entry> used, Map<String, Float> scales) {
    List<AdapterMix.Part> parts = new ArrayList<>();
    StringBuilder key = new StringBuilder("adapters:");
    for (Entry entry : used) {
      float scale = scales.getOrDefault(entry.file.name(), 0f);
      entry.users++;
      parts.add(new AdapterMix.Part(entry.adapter, scale));
      key.append(entry.fingerprint).append('*').append(scale).append(' ');
    }
    return new AdapterLease(new AdapterMix(parts), key.append(';').toString(), () -> release(used));
  }

  private void release(List<Entry> used) {
    List<Entry> over = new ArrayList<>();
    lock.lock();
    try {
      for (Entry entry : used) {
        entry.users--;
        if (entry.isOver()) {
          places--;
          over.add(entry);
        }
      }
    } finally {
      lock.unlock();
    }
    over.forEach(entry -> entry.adapter.close());
  }

  private void requireOpen() {
    if (closed) {
      throw new EngineException(EngineError.CLOSED, "the engine is closed");
    }
  }

  private void requireFree(String name) {
    if (entries.containsKey(name)) {
      throw invalid("an adapter \"" + name + "\" is loaded already; unload it first");
    }
  }

  private static EngineException invalid(String message) {
    return new EngineException(EngineError.INVALID_INPUT, message);
  }

  /** Unloads all. */
  @Override
  public void close() {
    List<String> names;
    lock.lock();
    try {
      closed = true;
      names = List.copyOf(entries.keySet());
    } finally {
      lock.unlock();
    }
    names.forEach(this::unload);
  }
}
