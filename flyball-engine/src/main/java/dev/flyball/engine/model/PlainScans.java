package dev.flyball.engine.model;

import dev.flyball.engine.model.Arithmetic.HeadScan;
import dev.flyball.kernels.GatedDeltaRule;
import dev.flyball.kernels.StateSpaceRule;
import java.util.stream.Stream;

/** Rules of recurrent heads in plain Java, with scratch for each worker. */
final class PlainScans {
  private final int workers;

  PlainScans(int workers) {
    this.workers = workers;
  }

  HeadScan deltaRule(int keyLength, int valueLength, float epsilon) {
    GatedDeltaRule[] rules =
        Stream.generate(() -> new GatedDeltaRule(keyLength, valueLength, epsilon))
            .limit(workers)
            .toArray(GatedDeltaRule[]::new);
    return (state, offset, x, tokens, out, worker) ->
        rules[worker].advance(state, offset, x, tokens, out);
  }

  HeadScan stateSpace(int stateLength, int headLength) {
    StateSpaceRule[] rules =
        Stream.generate(() -> new StateSpaceRule(stateLength, headLength))
            .limit(workers)
            .toArray(StateSpaceRule[]::new);
    return (state, offset, x, tokens, out, worker) ->
        rules[worker].advance(state, offset, x, tokens, out);
  }
}
