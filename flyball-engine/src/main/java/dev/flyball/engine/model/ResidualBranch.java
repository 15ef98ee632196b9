package dev.flyball.engine.model;

import dev.flyball.engine.model.arithmetic.Elementwise;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A {@link BranchSpec}, ready to run.
 *
 * @param storing the mixers, where all of them store apart; else none
 */
record ResidualBranch(
    Optional<Elementwise.Norm> before,
    List<Mixer> mixers,
    List<StoringMixer> storing,
    Optional<Elementwise.Norm> after,
    float scale,
    float keep,
    boolean onNormed) {

  static ResidualBranch of(BranchSpec spec, Assembly assembly) {
    Optional<Elementwise.Norm> before = spec.before().map(assembly::norm);
    List<Mixer> mixers = spec.mixers().stream().map(mixer -> mixer.assemble(assembly)).toList();
    return new ResidualBranch(
        before,
        mixers,
        storing(mixers),
        spec.after().map(assembly::norm),
        spec.scale(),
        spec.keep(),
        spec.onNormed());
  }

  private static List<StoringMixer> storing(List<Mixer> mixers) {
    List<StoringMixer> storing = new ArrayList<>();
    for (Mixer mixer : mixers) {
      if (!(mixer instanceof StoringMixer storingMixer)) {
        return List.of();
      }
      storing.add(storingMixer);
    }
    return List.copyOf(storing);
  }

  boolean mixesTokens() {
    return mixers.stream().anyMatch(Mixer::mixesTokens);
  }

  /** Whether {@link #store} may be called. */
  boolean storesApart() {
    return !storing.isEmpty();
  }

  /** As {@link StoringMixer#store}, of all mixers. */
  void store(Step step, float[] in) {
    storing.forEach(mixer -> mixer.store(step, in));
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
    apply(0, step, in, delta, stored);
    int values = step.tokens() * columns;
    for (int i = 1; i < mixers.size(); i++) {
      apply(i, step, in, room.values(), stored);
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

  private void apply(int mixer, Step step, float[] in, float[] out, boolean stored) {
    if (stored) {
      storing.get(mixer).applyToStored(step, in, out);
    } else {
      mixers.get(mixer).apply(step, in, out);
    }
  }

  /** {@code sum += x}. */
  static void add(float[] x, float[] sum, int values) {
    for (int i = 0; i < values; i++) {
      sum[i] += x[i];
    }
  }
}
