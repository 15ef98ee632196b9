package dev.flyball.engine.model.recurrent;

import dev.flyball.engine.model.Assembly;
import dev.flyball.engine.model.Linear;
import dev.flyball.engine.model.Mixer;
import dev.flyball.engine.model.Step;
import dev.flyball.engine.model.StepRows;
import dev.flyball.kernels.ChannelConvolution;
import dev.flyball.kernels.WorkerTeam;
import java.util.List;

/** {@code output @ (after * convolution(before * input))}, all three projections of {@code x}. */
final class ShortConvolution implements Mixer {
  private final CausalConvolution convolution;
  private final Linear output;
  private final List<Linear> projections;
  private final StepRows before;
  private final StepRows after;
  private final StepRows input;
  private final WorkerTeam.Piece gateInput = (t, _) -> multiply(before(), input(), t);
  private final WorkerTeam.Piece gateOutput = (t, _) -> multiply(after(), input(), t);
  private List<float[]> projected = List.of();

  ShortConvolution(ShortConvolutionSpec spec, Assembly assembly) {
    convolution =
        new CausalConvolution(spec.convolution(), ChannelConvolution.Finish.NONE, assembly);
    output = assembly.linear(spec.output());
    projections =
        List.of(
            assembly.linear(spec.before()),
            assembly.linear(spec.after()),
            assembly.linear(spec.input()));
    before = assembly.rows("gate before convolution", output.columns());
    after = assembly.rows("gate after convolution", output.columns());
    input = assembly.rows("convolved", output.columns());
  }

  @Override
  public boolean mixesTokens() {
    return true;
  }

  @Override
  public void apply(Step step, float[] x, float[] out) {
    if (projected.isEmpty()) {
      projected = List.of(before.values(), after.values(), input.values());
    }
    step.input(x, step.tokens(), output.columns());
    // All three are multiplied with one another, and so are their errors.
    Linear.applyAllFinely(projections, projected);
    step.team().run(step.tokens(), gateInput);
    convolution.apply(input.values());
    step.team().run(step.tokens(), gateOutput);
    step.input(input.values(), step.tokens(), output.columns());
    output.apply(out);
  }

  private float[] before() {
    return before.values();
  }

  private float[] after() {
    return after.values();
  }

  private float[] input() {
    return input.values();
  }

  private void multiply(float[] gate, float[] values, int token) {
    int columns = output.columns();
    for (int i = token * columns; i < (token + 1) * columns; i++) {
      values[i] *= gate[i];
    }
  }
}
