package dev.flyball.engine.cache;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

/** A copy of a sequence's state as it was after some token, outside of the Java heap. */
final class StateSnapshot implements SlotContent {
  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory;

  StateSnapshot(int floats) {
    memory = arena.allocate(ValueLayout.JAVA_FLOAT, floats);
  }

  /** Takes over a part of a state. Parts may be taken over by several threads at once. */
  void keep(float[] state, int offset, int count) {
    MemorySegment.copy(
        state, offset, memory, ValueLayout.JAVA_FLOAT, (long) offset * Float.BYTES, count);
  }

  /** Makes a state what it was. */
  void restore(float[] state) {
    MemorySegment.copy(memory, ValueLayout.JAVA_FLOAT, 0, state, 0, state.length);
  }

  @Override
  public void write(ByteBuffer out) {
    out.put(memory.asByteBuffer());
  }

  @Override
  public void read(ByteBuffer in) {
    memory.asByteBuffer().put(in);
  }

  void free() {
    arena.close();
  }
}
