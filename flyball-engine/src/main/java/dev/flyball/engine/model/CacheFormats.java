package dev.flyball.engine.model;

import dev.flyball.engine.cache.KvLayer;
import dev.flyball.engine.cache.KvShape;
import dev.flyball.engine.cache.KvStorage;
import dev.flyball.engine.cache.PagedKvSequence;
import dev.flyball.kernels.simd.InstructionSet;
import java.util.EnumMap;
import java.util.Map;

/**
 * The {@link CacheFormat} of every storage that sequences of a step have: that of the usual storage
 * is made when the model is loaded, others when the first sequence comes with them.
 */
final class CacheFormats implements AutoCloseable {
  private final KvLayer layer;
  private final KvShape cache;
  private final float softCap;
  private final InstructionSet level;
  private final int workers;
  private final Map<KvStorage, CacheFormat> byStorage = new EnumMap<>(KvStorage.class);
  private int maxRows;

  /**
   * @param cache in its usual storage
   * @param softCap of scores; infinite where there is none
   */
  CacheFormats(KvLayer layer, KvShape cache, float softCap, InstructionSet level, int workers) {
    this.layer = layer;
    this.cache = cache;
    this.softCap = softCap;
    this.level = level;
    this.workers = workers;
    prepare(cache.storage());
  }

  /** Makes what the sequences of a step want; before its workers begin. */
  void prepare(Step step) {
    for (int t = 0; t < step.tokens(); t++) {
      prepare(step.sequence(t).storage());
    }
  }

  private void prepare(KvStorage storage) {
    if (!byStorage.containsKey(storage)) {
      CacheFormat format = new CacheFormat(layer, cache.with(storage), softCap, level, workers);
      byStorage.put(storage, format);
      maxRows = Math.max(maxRows, format.maxRows());
    }
  }

  /** That of a sequence of the step that was prepared. */
  CacheFormat of(PagedKvSequence sequence) {
    return of(sequence.storage());
  }

  private CacheFormat of(KvStorage storage) {
    CacheFormat format = byStorage.get(storage);
    if (format == null) {
      throw new IllegalStateException("the step was not prepared");
    }
    return format;
  }

  /** That of the usual storage. */
  CacheFormat usual() {
    return of(cache.storage());
  }

  /** Rows of the largest tile of any of them. */
  int maxRows() {
    return maxRows;
  }

  @Override
  public void close() {
    byStorage.values().forEach(CacheFormat::close);
  }
}
