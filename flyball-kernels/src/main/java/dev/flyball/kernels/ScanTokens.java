package dev.flyball.kernels;

/**
 * Tokens of one sequence, in order, that a head's state is brought forward by: where their vectors
 * begin in an array that all have in common, and what they do to the state. Not thread-safe.
 */
public final class ScanTokens {
  /** Most tokens at once. */
  public static final int CAPACITY = 32;

  private final int[] keys = new int[CAPACITY];
  private final int[] queries = new int[CAPACITY];
  private final int[] values = new int[CAPACITY];
  private final int[] results = new int[CAPACITY];
  private final float[] decays = new float[CAPACITY];
  private final float[] writes = new float[CAPACITY];
  private float direct;
  private int size;

  /**
   * Begins anew, without tokens.
   *
   * @param direct factor of a value that is added to its result; 0 for rules that have none
   */
  public void begin(float direct) {
    this.direct = direct;
    size = 0;
  }

  /**
   * Adds a token; there must be room.
   *
   * @param key where the vector begins that says which rows of the state are written
   * @param query where the one begins that reads them
   * @param value where what is written begins
   * @param result where the result is to begin, in an array of its own
   * @param decay what becomes of the state before, from 0 to 1
   * @param write how much is written
   */
  public void add(int key, int query, int value, int result, float decay, float write) {
    keys[size] = key;
    queries[size] = query;
    values[size] = value;
    results[size] = result;
    decays[size] = decay;
    writes[size] = write;
    size++;
  }

  public boolean isFull() {
    return size == CAPACITY;
  }

  public int size() {
    return size;
  }

  public float direct() {
    return direct;
  }

  public int key(int token) {
    return keys[token];
  }

  public int query(int token) {
    return queries[token];
  }

  public int value(int token) {
    return values[token];
  }

  public int result(int token) {
    return results[token];
  }

  public float decay(int token) {
    return decays[token];
  }

  public float write(int token) {
    return writes[token];
  }
}
