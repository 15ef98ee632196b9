package dev.flyball.engine.model;

import dev.flyball.engine.cache.KvShape;
import dev.flyball.engine.cache.KvStorage;

/**
 * The lengths of an attention layer.
 *
 * @param heads query heads
 * @param kvHeads key and value heads, a divisor of {@code heads} (GQA, arXiv:2305.13245; 1 is MQA)
 * @param keyLength values of a query or key
 * @param valueLength values of a value
 * @param window a token sees itself and the {@code window - 1} before it; 0 is all before it
 */
record AttentionShape(int heads, int kvHeads, int keyLength, int valueLength, int window) {
  int queryColumns() {
    return heads * keyLength;
  }

  int keyColumns() {
    return kvHeads * keyLength;
  }

  int valueColumns() {
    return kvHeads * valueLength;
  }

  int attendedColumns() {
    return heads * valueLength;
  }

  /** The key and value head that a query head reads. */
  int kvHead(int head) {
    return head / (heads / kvHeads);
  }

  /** The first position that a token sees. */
  int firstVisible(int position) {
    return window == 0 ? 0 : Math.max(0, position - window + 1);
  }

  KvShape cacheShape(int layers, KvStorage storage) {
    return new KvShape(layers, kvHeads, keyLength, valueLength, storage);
  }
}
