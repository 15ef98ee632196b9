package dev.flyball.engine.synth;

import dev.flyball.kernels.TensorType;

/**
 * What a matrix is stored as where its rows do not divide into the blocks of the wanted type: the
 * nearest type with blocks of 32 (Q2_K, Q3_K, IQ4_XS: IQ4_NL; Q4_K: Q5_0; Q5_K: Q5_1; Q6_K: Q8_0),
 * and F16 where that does not fit either.
 *
 * <p>Source: llama-quantize's fallbacks.
 */
final class StoredType {
  private StoredType() {}

  static TensorType of(TensorType wanted, long rowLength) {
    if (rowLength % wanted.blockElements() == 0) {
      return wanted;
    }
    TensorType fallback =
        switch (wanted) {
          case Q2_K, Q3_K, IQ4_XS -> TensorType.IQ4_NL;
          case Q4_K -> TensorType.Q5_0;
          case Q5_K -> TensorType.Q5_1;
          case Q6_K -> TensorType.Q8_0;
          case F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, IQ4_NL, MXFP4 -> TensorType.F16;
        };
    return rowLength % fallback.blockElements() == 0 ? fallback : TensorType.F16;
  }
}
