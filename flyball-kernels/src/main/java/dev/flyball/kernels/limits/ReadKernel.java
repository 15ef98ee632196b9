package dev.flyball.kernels.limits;

import dev.flyball.kernels.asm.Label;
import dev.flyball.kernels.code.ExecutableMemory;
import dev.flyball.kernels.code.NativeCode;
import dev.flyball.kernels.simd.InstructionSet;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Reads memory once, in one stream, as the products of matrices read weights: every vector is
 * loaded and added to one of several sums, so that no addition waits for the one before. Asking for
 * lines ahead made it no faster (docs/benchmarks.md). Immutable; thread-safe.
 */
final class ReadKernel implements AutoCloseable {
  /** Sums, and vectors read in one round. */
  private static final int STREAMS = 8;

  private static final int ADDRESS = 0;
  private static final int ROUNDS = 1;
  private static final int SUMS = 2;

  private final ExecutableMemory code;
  private final int roundBytes;

  ReadKernel(InstructionSet level) {
    SimdBuilder s = level.newKernel(0);
    roundBytes = STREAMS * s.bytes();
    code = ExecutableMemory.require(generate(s));
  }

  private static byte[] generate(SimdBuilder s) {
    Reg address = s.parameter(ADDRESS);
    Reg rounds = s.parameter(ROUNDS);
    Reg out = s.parameter(SUMS);
    Vec read = s.vector();
    Vec[] sums = new Vec[STREAMS];
    for (int i = 0; i < STREAMS; i++) {
      sums[i] = s.vector();
      s.zero(sums[i]);
    }
    Label next = new Label();
    s.bind(next);
    for (int i = 0; i < STREAMS; i++) {
      s.load(read, address, i * s.bytes());
      s.addInt(sums[i], sums[i], read);
    }
    s.add(address, STREAMS * s.bytes());
    s.decrementAndJumpIfNotZero(rounds, next);
    for (int i = 1; i < STREAMS; i++) {
      s.addInt(sums[0], sums[0], sums[i]);
    }
    s.store(out, 0, sums[0]);
    return s.finish();
  }

  /** What the length of the memory has to be a multiple of, in bytes. */
  int roundBytes() {
    return roundBytes;
  }

  /**
   * Reads all of the memory.
   *
   * @param scratch at least 128 bytes of the calling thread, aligned to 8
   * @return the sum, modulo 2^32, of the 32-bit integers in it
   */
  int sum(MemorySegment memory, MemorySegment scratch) {
    MemorySegment sums = scratch.asSlice(64, 64);
    sums.fill((byte) 0);
    scratch.setAtIndex(ValueLayout.JAVA_LONG, ADDRESS, memory.address());
    scratch.setAtIndex(ValueLayout.JAVA_LONG, ROUNDS, memory.byteSize() / roundBytes);
    scratch.setAtIndex(ValueLayout.JAVA_LONG, SUMS, sums.address());
    NativeCode.call(code.entry(), scratch.address());
    int sum = 0;
    for (int lane = 0; lane < 16; lane++) {
      sum += sums.getAtIndex(ValueLayout.JAVA_INT, lane);
    }
    return sum;
  }

  @Override
  public void close() {
    code.close();
  }
}
