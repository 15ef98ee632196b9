package dev.flyball.engine.evaluate;

import dev.flyball.engine.model.StepOutput;

/** The natural logarithms of a row's probabilities. Reused from row to row; not thread-safe. */
final class LogProbabilities {
  private final float[] values;
  private int best;

  LogProbabilities(int vocabulary) {
    values = new float[vocabulary];
  }

  void compute(StepOutput output, int row) {
    float[] logits = output.values(row);
    int offset = output.offset(row);
    best = 0;
    for (int i = 1; i < values.length; i++) {
      if (logits[offset + i] > logits[offset + best]) {
        best = i;
      }
    }
    float largest = logits[offset + best];
    double total = 0;
    for (int i = 0; i < values.length; i++) {
      total += Math.exp(logits[offset + i] - largest);
    }
    double logTotal = Math.log(total);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (logits[offset + i] - largest - logTotal);
    }
  }

  float get(int token) {
    return values[token];
  }

  /** The most probable token, the first of equals. */
  int best() {
    return best;
  }
}
