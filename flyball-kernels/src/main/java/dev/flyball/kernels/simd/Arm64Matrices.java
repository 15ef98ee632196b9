package dev.flyball.kernels.simd;

import static dev.flyball.kernels.asm.Arm64MemoryOp.LDR_D;
import static dev.flyball.kernels.asm.Arm64MemoryOp.STR_D;
import static dev.flyball.kernels.asm.Arm64VectorOp.*;

/** The products of small matrices of FEAT_I8MM. */
final class Arm64Matrices implements MatrixOperations {
  private final Arm64Simd simd;

  Arm64Matrices(Arm64Simd simd) {
    this.simd = simd;
  }

  @Override
  public void joinQuads(Vec firstRows, Vec lastRows, Vec quad, Vec nextQuad) {
    simd.three(ZIP1_4S, firstRows, quad, nextQuad);
    simd.three(ZIP2_4S, lastRows, quad, nextQuad);
  }

  @Override
  public void multiply(Vec accumulator, Vec a, Vec b) {
    simd.three(SMMLA, accumulator, a, b);
  }

  @Override
  public void splitTokens(Vec first, Vec second, Vec firstRows, Vec lastRows) {
    simd.three(ZIP1_2D, first, firstRows, lastRows);
    simd.three(ZIP2_2D, second, firstRows, lastRows);
  }

  @Override
  public void loadEightBytes(Vec destination, Reg base, int offsetBytes) {
    simd.memory(LDR_D, destination, base, offsetBytes);
  }

  @Override
  public void storeEightSignedBytes(Reg base, int offsetBytes, Vec low, Vec high) {
    simd.two(SQXTN_4H, low, low);
    simd.two(SQXTN2_8H, low, high);
    simd.two(SQXTN_8B, low, low);
    simd.memory(STR_D, low, base, offsetBytes);
  }
}
