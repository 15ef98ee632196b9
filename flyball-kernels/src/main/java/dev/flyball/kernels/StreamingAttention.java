package dev.flyball.kernels;

import java.util.Arrays;

/**
 * Attention of one query head over keys and values that come in blocks, by the online softmax of
 * arXiv:1805.02867 and arXiv:2112.05682: running maximum, running sum, weighted values; no row of
 * scores longer than a block.
 *
 * <p>Use: {@link #start}, {@link #add} for each block, {@link #finish}. Scratch of one worker.
 */
public final class StreamingAttention {
  private final float[] scores;
  private final float[] weighted;
  private final float softCap;
  private float[] query;
  private int queryOffset;
  private int keyLength;
  private int valueLength;
  private float scale;
  private float max;
  private double sum;

  /**
   * @param maxBlockTokens most keys that {@link #add} is given at a time
   * @param maxValueLength most values of a head
   * @param softCap scores become {@code softCap * tanh(score / softCap)} (arXiv:2408.00118);
   *     infinite: they are taken as they are
   */
  public StreamingAttention(int maxBlockTokens, int maxValueLength, float softCap) {
    this.softCap = softCap;
    scores = new float[maxBlockTokens];
    weighted = new float[maxValueLength];
    query = weighted;
  }

  /** Begins with a new query of {@code keyLength} values, which stays the caller's. */
  public void start(float[] query, int queryOffset, int keyLength, int valueLength, float scale) {
    this.query = query;
    this.queryOffset = queryOffset;
    this.keyLength = keyLength;
    this.valueLength = valueLength;
    this.scale = scale;
    max = Float.NEGATIVE_INFINITY;
    sum = 0;
    Arrays.fill(weighted, 0, valueLength, 0f);
  }

  /**
   * Attends to {@code count} further tokens.
   *
   * @param keys (count, keyLength) from {@code keyOffset}, row after row
   * @param values (count, valueLength) from {@code valueOffset}, row after row
   */
  public void add(float[] keys, int keyOffset, float[] values, int valueOffset, int count) {
    score(keys, keyOffset, count);
    if (softCap < Float.POSITIVE_INFINITY) {
      capScores(count);
    }
    float blockMax = max;
    for (int i = 0; i < count; i++) {
      blockMax = Math.max(blockMax, scores[i]);
    }
    rescale(blockMax);
    for (int i = 0; i < count; i++) {
      double weight = Math.exp(scores[i] - blockMax);
      scores[i] = (float) weight;
      sum += weight;
    }
    weigh(values, valueOffset, count);
  }

  /**
   * Attends to something of this score whose value is 0: an attention sink (arXiv:2309.17453),
   * which takes its share of the weights and adds nothing.
   */
  public void addSink(float score) {
    rescale(Math.max(max, score));
    sum += Math.exp((double) score - max);
  }

  private void capScores(int count) {
    for (int i = 0; i < count; i++) {
      scores[i] = (float) (softCap * Math.tanh(scores[i] / softCap));
    }
  }

  /** Writes the {@code valueLength} values of the result. */
  public void finish(float[] out, int outOffset) {
    float inverse = (float) (1 / sum);
    for (int i = 0; i < valueLength; i++) {
      out[outOffset + i] = weighted[i] * inverse;
    }
  }

  /** {@code scores[i] = scale * (query . key_i)}: four keys at a time share the query's loads. */
  private void score(float[] keys, int keyOffset, int count) {
    float[] q = query;
    int i = 0;
    for (; i + 4 <= count; i += 4) {
      int k0 = keyOffset + i * keyLength;
      int k1 = k0 + keyLength;
      int k2 = k1 + keyLength;
      int k3 = k2 + keyLength;
      float s0 = 0;
      float s1 = 0;
      float s2 = 0;
      float s3 = 0;
      for (int d = 0; d < keyLength; d++) {
        float x = q[queryOffset + d];
        s0 = Math.fma(x, keys[k0 + d], s0);
        s1 = Math.fma(x, keys[k1 + d], s1);
        s2 = Math.fma(x, keys[k2 + d], s2);
        s3 = Math.fma(x, keys[k3 + d], s3);
      }
      scores[i] = s0 * scale;
      scores[i + 1] = s1 * scale;
      scores[i + 2] = s2 * scale;
      scores[i + 3] = s3 * scale;
    }
    for (; i < count; i++) {
      int k = keyOffset + i * keyLength;
      float s = 0;
      for (int d = 0; d < keyLength; d++) {
        s = Math.fma(q[queryOffset + d], keys[k + d], s);
      }
      scores[i] = s * scale;
    }
  }

  /** Brings what was summed so far to a new maximum. */
  private void rescale(float newMax) {
    if (newMax == max) {
      return;
    }
    double factor = Math.exp((double) max - newMax);
    sum *= factor;
    for (int i = 0; i < valueLength; i++) {
      weighted[i] *= (float) factor;
    }
    max = newMax;
  }

  /** {@code weighted += scores_i * value_i}: four values at a time share the sum's loads. */
  private void weigh(float[] values, int valueOffset, int count) {
    float[] out = weighted;
    int i = 0;
    for (; i + 4 <= count; i += 4) {
      int v0 = valueOffset + i * valueLength;
      int v1 = v0 + valueLength;
      int v2 = v1 + valueLength;
      int v3 = v2 + valueLength;
      float w0 = scores[i];
      float w1 = scores[i + 1];
      float w2 = scores[i + 2];
      float w3 = scores[i + 3];
      for (int d = 0; d < valueLength; d++) {
        float half = Math.fma(w1, values[v1 + d], Math.fma(w0, values[v0 + d], out[d]));
        out[d] = Math.fma(w3, values[v3 + d], Math.fma(w2, values[v2 + d], half));
      }
    }
    for (; i < count; i++) {
      int v = valueOffset + i * valueLength;
      float w = scores[i];
      for (int d = 0; d < valueLength; d++) {
        out[d] = Math.fma(w, values[v + d], out[d]);
      }
    }
  }
}
