package dev.flyball.kernels;

/**
 * The state-space rule of Mamba-2 (arXiv:2405.21060) of one head with a state {@code S
 * (stateLength, headLength)} that decays and takes in what each token brings:
 *
 * <pre>
 * S = decay S + key (write value)^T
 * result = S^T query + direct value
 * </pre>
 *
 * <p>Not thread-safe.
 */
public final class StateSpaceRule {
  private final StateMatrix matrix;
  private final float[] key;
  private final float[] query;
  private final float[] value;
  private final float[] result;

  public StateSpaceRule(int stateLength, int headLength) {
    matrix = new StateMatrix(stateLength, headLength);
    key = new float[stateLength];
    query = new float[stateLength];
    value = new float[headLength];
    result = new float[headLength];
  }

  /**
   * Brings a state forward.
   *
   * @param state in which the head's part begins at {@code offset}
   * @param x in which the tokens' vectors are
   * @param out where their results go
   */
  public void advance(float[] state, int offset, float[] x, ScanTokens tokens, float[] out) {
    matrix.load(state, offset);
    for (int t = 0; t < tokens.size(); t++) {
      System.arraycopy(x, tokens.key(t), key, 0, key.length);
      System.arraycopy(x, tokens.query(t), query, 0, query.length);
      System.arraycopy(x, tokens.value(t), value, 0, value.length);
      step(tokens.decay(t), tokens.write(t), tokens.direct());
      System.arraycopy(result, 0, out, tokens.result(t), result.length);
    }
    matrix.save(state, offset);
  }

  private void step(float decay, float write, float direct) {
    matrix.multiply(query, result);
    // (a S + b (t x)^T)^T c + D x = a (S^T c) + (t (b c) + D) x
    float factor = write * StateMatrix.dot(key, query) + direct;
    for (int j = 0; j < result.length; j++) {
      result[j] = decay * result[j] + factor * value[j];
      value[j] *= write;
    }
    matrix.update(decay, key, value);
  }
}
