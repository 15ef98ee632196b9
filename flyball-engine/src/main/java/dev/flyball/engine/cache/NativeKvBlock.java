package dev.flyball.engine.cache;

import dev.flyball.kernels.attention.KvLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * A block outside of the Java heap: layer after layer from {@link KvShape#layerOffsetsBytes()}, its
 * heads one after the other as {@link KvLayout} says.
 */
final class NativeKvBlock extends KvBlock {
  private final Arena arena = Arena.ofShared();
  final MemorySegment memory;

  NativeKvBlock(int id, KvShape shape) {
    super(id, shape);
    memory = arena.allocate(Math.max(1, shape.layerOffsetsBytes()[shape.layers()]), 64);
  }

  /**
   * Kernels compute with whole blocks and weigh what lies behind a sequence's end with almost 0,
   * which does not hide what is infinite or no number at all.
   */
  @Override
  void clear() {
    memory.fill((byte) 0);
  }

  @Override
  void copy(KvBlock other) {
    memory.copyFrom(((NativeKvBlock) other).memory);
  }

  @Override
  void copyToken(KvShape shape, KvBlock other, int fromSlot, int toSlot) {
    MemorySegment source = ((NativeKvBlock) other).memory;
    long at = 0;
    for (KvLayer layer : shape.perLayer()) {
      KvLayout layout = layer.layout(shape.storage());
      for (int head = 0; head < layer.heads(); head++) {
        layout.copyToken(source, fromSlot, memory, toSlot, at);
        at += layout.bytes();
      }
    }
  }

  @Override
  public void write(ByteBuffer out) {
    out.put(memory.asByteBuffer());
  }

  @Override
  public void read(ByteBuffer in) {
    memory.asByteBuffer().put(in.slice(in.position(), (int) memory.byteSize()));
  }

  @Override
  void free() {
    arena.close();
  }
}
