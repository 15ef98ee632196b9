package dev.flyball.engine.sample;

import dev.flyball.kernels.BlockMaxima;
import dev.flyball.kernels.elementwise.BlockMaximaKernel;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * The largest logit of each block of tokens: one pass over the row by generated code, where there
 * is any, after which searches look into few blocks only. Not thread-safe.
 */
final class LogitMaxima {
  private final int length;
  private final float[] maxima;
  private final MemorySegment parameters =
      Arena.ofAuto().allocate(BlockMaximaKernel.PARAMETER_BYTES, 8);

  LogitMaxima(int length) {
    this.length = length;
    maxima = new float[BlockMaxima.blocks(length)];
  }

  /** One for all samplers, kept as long as the process. */
  private static final class Generated {
    static final Optional<BlockMaximaKernel> KERNEL =
        InstructionSet.ofThisProcess().map(BlockMaximaKernel::new);

    private Generated() {}
  }

  /**
   * Looks at all logits.
   *
   * @return whether one is NaN or infinite
   */
  boolean compute(float[] logits) {
    return Generated.KERNEL.isPresent()
        ? Generated.KERNEL.get().compute(logits, length, maxima, parameters)
        : BlockMaxima.compute(logits, 0, length, maxima);
  }

  int blocks() {
    return maxima.length;
  }

  float of(int block) {
    return maxima[block];
  }

  /** The first token of a block. */
  int first(int block) {
    return block * BlockMaxima.BLOCK;
  }

  /** The token behind a block's last one. */
  int end(int block) {
    return Math.min(length, first(block) + BlockMaxima.BLOCK);
  }

  /** The first of the blocks with the largest maximum. */
  int best() {
    int best = 0;
    for (int block = 1; block < maxima.length; block++) {
      if (maxima[block] > maxima[best]) {
        best = block;
      }
    }
    return best;
  }
}
