package dev.flyball.engine.sample;

/**
 * The best of a stream of tokens: a binary heap with the worst of the kept ones at its root.
 * Greater logits are better; of equal ones the lower id. Tokens are offered by ascending id.
 */
final class BestTokens {
  private final int[] ids;
  private final float[] logits;
  private int limit;
  private int size;

  BestTokens(int capacity) {
    ids = new int[capacity];
    logits = new float[capacity];
  }

  /** Forgets all, and keeps up to {@code limit} from now on. */
  void clear(int limit) {
    if (limit < 1 || limit > ids.length) {
      throw new IllegalArgumentException("limit must be 1 to " + ids.length + ": " + limit);
    }
    this.limit = limit;
    size = 0;
  }

  void offer(int id, float logit) {
    if (size < limit) {
      siftUp(id, logit);
    } else if (logit > logits[0]) {
      siftDown(id, logit);
    }
  }

  int size() {
    return size;
  }

  /** The kept tokens, in no order. */
  int id(int i) {
    return ids[i];
  }

  /**
   * Takes the worst of the kept tokens out.
   *
   * @return its id
   */
  int removeWorst() {
    int worst = ids[0];
    size--;
    siftDown(ids[size], logits[size]);
    return worst;
  }

  private void siftUp(int id, float logit) {
    int slot = size++;
    while (slot > 0) {
      int parent = (slot - 1) >>> 1;
      if (!worse(id, logit, parent)) {
        break;
      }
      move(parent, slot);
      slot = parent;
    }
    ids[slot] = id;
    logits[slot] = logit;
  }

  private void siftDown(int id, float logit) {
    int slot = 0;
    while (true) {
      int child = 2 * slot + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && worse(ids[child + 1], logits[child + 1], child)) {
        child++;
      }
      if (worse(id, logit, child)) {
        break;
      }
      move(child, slot);
      slot = child;
    }
    ids[slot] = id;
    logits[slot] = logit;
  }

  private boolean worse(int id, float logit, int slot) {
    return logit < logits[slot] || (logit == logits[slot] && id > ids[slot]);
  }

  private void move(int from, int to) {
    ids[to] = ids[from];
    logits[to] = logits[from];
  }
}
