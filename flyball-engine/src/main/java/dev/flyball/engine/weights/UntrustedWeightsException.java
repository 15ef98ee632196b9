package dev.flyball.engine.weights;

/** A file of packed weights is damaged, cut off, or not what it is taken for. */
final class UntrustedWeightsException extends Exception {
  private static final long serialVersionUID = 1;

  UntrustedWeightsException(String problem) {
    super(problem);
  }
}
