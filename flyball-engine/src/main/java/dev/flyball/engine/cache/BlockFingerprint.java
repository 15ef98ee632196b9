package dev.flyball.engine.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flyball.kernels.attention.KvLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Names what the content of a {@link BlockFile} depends on: the model, the shape, and how blocks
 * and slots lie in bytes. The latter is not a number that somebody has to remember to raise: a
 * sample is written the way a step and the file write, and its bytes are part of the digest.
 */
final class BlockFingerprint {
  private static final int[] SAMPLED_TOKENS = {0, 1, KvLayout.BLOCK_TOKENS - 1};

  private BlockFingerprint() {}

  /**
   * Raised where a recurrent layer keeps other numbers in its part of the state, or in another
   * order: a state is whatever its layer makes of it, so that no sample can tell.
   */
  private static final int STATE_VERSION = 1;

  /** Of a file of states. */
  static PrefixDigest ofStates(String model, KvShape shape) {
    String names = "states " + STATE_VERSION + " " + model + " " + shape;
    return PrefixDigest.of(ByteBuffer.wrap(names.getBytes(UTF_8)));
  }

  static PrefixDigest of(String model, KvShape shape) {
    byte[] names = (model + " " + shape).getBytes(UTF_8);
    int blockBytes = Math.toIntExact(shape.blockBytes());
    ByteBuffer bytes = ByteBuffer.allocate(names.length + SlotHeader.BYTES + blockBytes);
    bytes.put(names);
    int[] ids = new int[PagedKvCache.BLOCK_TOKENS];
    Arrays.setAll(ids, i -> i);
    new SlotHeader(PrefixDigest.NONE, PrefixDigest.of(ByteBuffer.wrap(names)), ids, 1, 2)
        .write(bytes);
    KvBlock block = KvBlock.allocate(0, shape);
    try {
      switch (block) {
        case HeapKvBlock heap -> fill(heap);
        case NativeKvBlock off -> fill(off, shape);
      }
      block.write(bytes);
    } finally {
      block.free();
    }
    return PrefixDigest.of(bytes.clear());
  }

  private static void fill(HeapKvBlock block) {
    for (int layer = 0; layer < block.keys.length; layer++) {
      block.keys[layer] = ramp(block.keys[layer].length, layer);
      block.values[layer] = ramp(block.values[layer].length, -layer);
    }
  }

  private static void fill(NativeKvBlock block, KvShape shape) {
    long[] offsets = shape.layerOffsetsBytes();
    for (int i = 0; i < shape.layers(); i++) {
      KvLayer layer = shape.perLayer().get(i);
      KvLayout layout = layer.layout(shape.storage());
      for (int head = 0; head < layer.heads(); head++) {
        long at = offsets[i] + (long) head * layout.bytes();
        for (int token : SAMPLED_TOKENS) {
          layout.putKey(block.memory, at, token, ramp(layer.keyLength(), head + token), 0);
          layout.putValue(block.memory, at, token, ramp(layer.valueLength(), -token), 0);
        }
      }
    }
  }

  private static float[] ramp(int length, int start) {
    float[] ramp = new float[length];
    for (int i = 0; i < length; i++) {
      ramp[i] = start + i;
    }
    return ramp;
  }
}
