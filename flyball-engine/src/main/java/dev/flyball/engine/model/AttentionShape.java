package dev.flyball.engine.model;

import dev.flyball.engine.cache.KvLayer;

/**
 * The lengths of an attention layer.
 *
 * @param heads query heads
 * @param kvHeads key and value heads, a divisor of {@code heads} (GQA, arXiv:2305.13245; 1 is MQA)
 * @param keyLength values of a query or key
 * @param valueLength values of a value
 * @param reach the tokens that a token sees
 */
public record AttentionShape(int heads, int kvHeads, int keyLength, int valueLength, Reach reach) {
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

  /** Query heads that read one key and value head. */
  int group() {
    return heads / kvHeads;
  }

  /** The key and value head that a query head reads. */
  int kvHead(int head) {
    return head / group();
  }

  /** The first position that a token sees. */
  int firstVisible(int position) {
    return reach.firstVisible(position);
  }

  /** The position behind the last one that a token sees; see {@link Reach#endVisible}. */
  int endVisible(int position, int length) {
    return reach.endVisible(position, length);
  }

  /** What the layer keeps of a token. */
  KvLayer cacheLayer() {
    return new KvLayer(kvHeads, keyLength, valueLength);
  }

  /** The same lengths, with another reach. */
  public AttentionShape reaching(Reach other) {
    return new AttentionShape(heads, kvHeads, keyLength, valueLength, other);
  }
}
