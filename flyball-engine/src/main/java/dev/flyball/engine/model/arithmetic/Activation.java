package dev.flyball.engine.model.arithmetic;

import dev.flyball.kernels.ActivationCurve;

/** What stands between the matrices of a feed forward network. */
public enum Activation {
  SILU(ActivationCurve.SILU),
  RELU_SQUARED(ActivationCurve.RELU_SQUARED),
  /** By its approximation with tanh; GGUF models mean it wherever they say GELU. */
  GELU(ActivationCurve.GELU_TANH),
  /** Without approximation. */
  GELU_ERF(ActivationCurve.GELU_ERF),
  CLIPPED_SILU(ActivationCurve.CLIPPED_SILU);

  private final ActivationCurve curve;

  Activation(ActivationCurve curve) {
    this.curve = curve;
  }

  ActivationCurve curve() {
    return curve;
  }
}
