package dev.flyball.engine.sparsity;

/** What becomes of the activated gates of a model's feed forward networks. */
public sealed interface GateUse permits GateUse.AllOpen, GateThresholds, GateMagnitudes {
  /** All neurons are computed: the model as it is. */
  record AllOpen() implements GateUse {}

  GateUse ALL_OPEN = new AllOpen();
}
