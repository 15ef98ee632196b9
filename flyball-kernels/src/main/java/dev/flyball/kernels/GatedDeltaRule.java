package dev.flyball.kernels;

/**
 * The gated delta rule (arXiv:2412.06464) of one head with a state {@code S (keyLength,
 * valueLength)}: of each token, forget some of the state, write where {@code k} points the part of
 * {@code v} that is not there already, read where {@code q} points:
 *
 * <pre>
 * S = decay S
 * S = S + k (write (v - S^T k))^T
 * result = S^T q
 * </pre>
 *
 * <p>Keys are brought to length 1 first, queries to 1 over the root of their number of values. Not
 * thread-safe.
 */
public final class GatedDeltaRule {
  private final StateMatrix matrix;
  private final float epsilon;
  private final float[] query;
  private final float[] key;

  /** Of the value, what is not in the state yet. */
  private final float[] change;

  private final float[] result;

  /**
   * @param epsilon added to the square of a key's or query's length
   */
  public GatedDeltaRule(int keyLength, int valueLength, float epsilon) {
    matrix = new StateMatrix(keyLength, valueLength);
    this.epsilon = epsilon;
    query = new float[keyLength];
    key = new float[keyLength];
    change = new float[valueLength];
    result = new float[valueLength];
  }

  /**
   * Brings a state forward.
   *
   * @param state in which the head's part begins at {@code offset}
   * @param x in which the tokens' keys, queries and values are
   * @param out where their results go
   */
  public void advance(float[] state, int offset, float[] x, ScanTokens tokens, float[] out) {
    matrix.load(state, offset);
    for (int t = 0; t < tokens.size(); t++) {
      normalise(x, tokens.query(t), 1 / Math.sqrt(query.length), query);
      normalise(x, tokens.key(t), 1, key);
      step(x, tokens.value(t), tokens.decay(t), tokens.write(t));
      System.arraycopy(result, 0, out, tokens.result(t), result.length);
    }
    matrix.save(state, offset);
  }

  private void step(float[] x, int value, float decay, float write) {
    matrix.multiply(key, change);
    matrix.multiply(query, result);
    for (int j = 0; j < change.length; j++) {
      change[j] = write * (x[value + j] - decay * change[j]);
    }
    float product = StateMatrix.dot(key, query);
    // (a S + k d^T)^T q = a (S^T q) + d (k q)
    for (int j = 0; j < result.length; j++) {
      result[j] = decay * result[j] + product * change[j];
    }
    matrix.update(decay, key, change);
  }

  private void normalise(float[] x, int at, double length, float[] vector) {
    System.arraycopy(x, at, vector, 0, vector.length);
    float factor = (float) (length / Math.sqrt(StateMatrix.dot(vector, vector) + epsilon));
    for (int i = 0; i < vector.length; i++) {
      vector[i] *= factor;
    }
  }
}
