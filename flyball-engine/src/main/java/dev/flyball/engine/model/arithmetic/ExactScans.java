package dev.flyball.engine.model.arithmetic;

import dev.flyball.kernels.ChannelConvolution;
import dev.flyball.kernels.GatedDeltaRule;
import dev.flyball.kernels.StateSpaceRule;
import java.util.stream.Stream;

/** What layers with a state compute, in plain Java, with scratch for each worker. */
final class ExactScans implements Scans {
  private final int workers;

  ExactScans(int workers) {
    this.workers = workers;
  }

  @Override
  public Convolution convolution(
      int length, int channels, float[] weightAndBias, ChannelConvolution.Finish finish) {
    return (window, out, places, tokens, from, count, _) ->
        ChannelConvolution.apply(
            weightAndBias, length, channels, finish, window, out, places, tokens, from, count);
  }

  @Override
  public HeadScan deltaRule(int keyLength, int valueLength, float epsilon) {
    GatedDeltaRule[] rules =
        Stream.generate(() -> new GatedDeltaRule(keyLength, valueLength, epsilon))
            .limit(workers)
            .toArray(GatedDeltaRule[]::new);
    return (state, offset, x, tokens, out, worker) ->
        rules[worker].advance(state, offset, x, tokens, out);
  }

  @Override
  public HeadScan stateSpace(int stateLength, int headLength) {
    StateSpaceRule[] rules =
        Stream.generate(() -> new StateSpaceRule(stateLength, headLength))
            .limit(workers)
            .toArray(StateSpaceRule[]::new);
    return (state, offset, x, tokens, out, worker) ->
        rules[worker].advance(state, offset, x, tokens, out);
  }
}
