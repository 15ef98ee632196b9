package dev.flyball.engine.model;

import dev.flyball.engine.cache.KvLayer;
import dev.flyball.engine.cache.KvShape;
import dev.flyball.kernels.attention.AttentionKernels;
import dev.flyball.kernels.attention.KvLayout;
import dev.flyball.kernels.attention.KvStoreKernel;
import dev.flyball.kernels.attention.TileAttention;
import dev.flyball.kernels.simd.InstructionSet;

/**
 * What attention over sequences of one storage needs: where their numbers lie, the kernels that
 * read them so, and each worker's scratch.
 */
final class CacheFormat implements AutoCloseable {
  private final KvLayout layout;
  private final long[] layerOffsetsBytes;
  private final AttentionKernels kernels;
  private final KvStoreKernel storing;
  private final TileAttention[] byWorker;

  /**
   * @param layer what a layer keeps of a token
   * @param cache all layers, in this storage
   * @param softCap of scores; infinite where there is none
   */
  CacheFormat(KvLayer layer, KvShape cache, float softCap, InstructionSet level, int workers) {
    layout = layer.layout(cache.storage());
    layerOffsetsBytes = cache.layerOffsetsBytes();
    kernels = new AttentionKernels(layout, softCap, level);
    storing = new KvStoreKernel(layout, level);
    byWorker = new TileAttention[workers];
    for (int i = 0; i < workers; i++) {
      byWorker[i] = new TileAttention(kernels);
    }
  }

  KvLayout layout() {
    return layout;
  }

  /** What writes keys and values. */
  KvStoreKernel storing() {
    return storing;
  }

  /** Where a layer's head begins in a block. */
  long headOffsetBytes(int layer, int head) {
    return layerOffsetsBytes[layer] + (long) head * layout.bytes();
  }

  /** Rows of the largest tile. */
  int maxRows() {
    return kernels.maxQueries();
  }

  TileAttention attention(int worker) {
    return byWorker[worker];
  }

  @Override
  public void close() {
    for (TileAttention attention : byWorker) {
      attention.close();
    }
    kernels.close();
    storing.close();
  }
}
