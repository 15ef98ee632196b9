package dev.flyball.engine.model;

import java.util.List;
import java.util.Optional;

/** A {@link BranchSpec}, ready to run. */
record ResidualBranch(
    Optional<Arithmetic.Norm> before,
    List<Mixer> mixers,
    Optional<Arithmetic.Norm> after,
    float scale,
    float keep,
    boolean onNormed) {

  static ResidualBranch of(BranchSpec spec, Assembly assembly) {
    return new ResidualBranch(
        spec.before().map(assembly::norm),
        spec.mixers().stream().map(mixer -> mixer.assemble(assembly)).toList(),
        spec.after().map(assembly::norm),
        spec.scale(),
        spec.keep(),
        spec.onNormed());
  }

  boolean mixesTokens() {
    return mixers.stream().anyMatch(Mixer::mixesTokens);
  }

  /** As {@link Mixer#storesApart()}, of all mixers. */
  boolean storesApart() {
    return mixers.stream().allMatch(Mixer::storesApart);
  }

  /** As {@link Mixer#store}, of all mixers. */
  void store(Step step, float[] in) {
    mixers.forEach(mixer -> mixer.store(step, in));
  }

  /**
   * What the branch adds.
   *
   * @param in (tokens, columns), normed already where the branch has a norm before it
   * @param columns of the residual stream
   * @param delta (tokens, columns), the result
   * @param room (tokens, columns) to compute with
   * @param stored whether {@link #store} was called for these tokens
   */
  void compute(Step step, float[] in, int columns, float[] delta, StepRows room, boolean stored) {
    apply(mixers.getFirst(), step, in, delta, stored);
    int values = step.tokens() * columns;
    for (int i = 1; i < mixers.size(); i++) {
      apply(mixers.get(i), step, in, room.values(), stored);
      add(room.values(), delta, values);
    }
    if (after.isPresent()) {
      step.normalise(delta, step.tokens(), after.get(), delta);
    }
    multiply(delta, scale, values);
  }

  /** {@code x *= factor}. */
  static void multiply(float[] x, float factor, int values) {
    if (factor != 1) {
      for (int i = 0; i < values; i++) {
        x[i] *= factor;
      }
    }
  }

  private static void apply(Mixer mixer, Step step, float[] in, float[] out, boolean stored) {
    if (stored) {
      mixer.applyToStored(step, in, out);
    } else {
      mixer.apply(step, in, out);
    }
  }

  /** {@code sum += x}. */
  static void add(float[] x, float[] sum, int values) {
    for (int i = 0; i < values; i++) {
      sum[i] += x[i];
    }
  }
}
