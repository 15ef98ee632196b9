package dev.flyball.kernels.limits;

import dev.flyball.kernels.asm.Label;
import dev.flyball.kernels.code.ExecutableMemory;
import dev.flyball.kernels.code.NativeCode;
import dev.flyball.kernels.simd.InstructionSet;
import dev.flyball.kernels.simd.MatrixOperations;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * Multiplies 8-bit integers that never leave the registers: as many independent sums as hide the
 * latency of a dot product. Immutable; thread-safe.
 */
final class DotProductKernel implements AutoCloseable {
  /** Sums: two dot products begun in each cycle, each taking up to six. */
  private static final int SUMS = 12;

  /** Both factors of every product. */
  static final int FACTOR = 3;

  private static final int ROUNDS = 0;
  private static final int OUT = 1;

  private final ExecutableMemory code;
  private final int lanes;
  private final boolean matrices;

  DotProductKernel(InstructionSet level) {
    SimdBuilder s = level.newKernel(0);
    lanes = s.lanes();
    matrices = s.matrixOperations().isPresent();
    code = ExecutableMemory.require(generate(s));
  }

  private static byte[] generate(SimdBuilder s) {
    Reg rounds = s.parameter(ROUNDS);
    Reg out = s.parameter(OUT);
    Vec factor = s.vector();
    s.constantByte(factor, FACTOR);
    Vec[] sums = new Vec[SUMS];
    for (int i = 0; i < SUMS; i++) {
      sums[i] = s.vector();
      s.zero(sums[i]);
    }
    Label next = new Label();
    s.bind(next);
    Optional<MatrixOperations> matrices = s.matrixOperations();
    for (Vec sum : sums) {
      matrices.ifPresentOrElse(
          products -> products.multiply(sum, factor, factor), () -> s.dot(sum, factor, factor));
    }
    s.decrementAndJumpIfNotZero(rounds, next);
    for (int i = 1; i < SUMS; i++) {
      s.addInt(sums[0], sums[0], sums[i]);
    }
    s.store(out, 0, sums[0]);
    return s.finish();
  }

  /** Multiplications, each with its addition, of one round. */
  int multiplyAddsPerRound() {
    return SUMS * (matrices ? 8 : 4) * lanes;
  }

  /**
   * Runs so many rounds, at least one.
   *
   * @param scratch at least 128 bytes of the calling thread, aligned to 8
   * @return the sum, modulo 2^32, of all products
   */
  int sum(int rounds, MemorySegment scratch) {
    MemorySegment sums = scratch.asSlice(64, 64);
    sums.fill((byte) 0);
    scratch.setAtIndex(ValueLayout.JAVA_LONG, ROUNDS, rounds);
    scratch.setAtIndex(ValueLayout.JAVA_LONG, OUT, sums.address());
    NativeCode.call(code.entry(), scratch.address());
    int sum = 0;
    for (int lane = 0; lane < lanes; lane++) {
      sum += sums.getAtIndex(ValueLayout.JAVA_INT, lane);
    }
    return sum;
  }

  @Override
  public void close() {
    code.close();
  }
}
