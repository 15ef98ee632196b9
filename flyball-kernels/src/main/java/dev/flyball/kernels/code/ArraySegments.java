package dev.flyball.kernels.code;

import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * The segments of the arrays that a thread lately called generated code with, so that a call takes
 * nothing of the heap. Weak, so that no array outlives its user; for one thread.
 */
final class ArraySegments {
  /** More than a model's forward pass has arrays. */
  private static final int CAPACITY = 32;

  private final @Nullable Entry[] entries = new Entry[CAPACITY];
  private int next;

  private record Entry(WeakReference<float[]> array, WeakReference<MemorySegment> segment) {}

  /** The segment of an array. */
  MemorySegment of(float[] array) {
    for (Entry entry : entries) {
      if (entry == null) {
        break;
      }
      if (entry.array.refersTo(array)) {
        MemorySegment segment = entry.segment.get();
        if (segment != null) {
          return segment;
        }
      }
    }
    return add(array);
  }

  private MemorySegment add(float[] array) {
    MemorySegment segment = MemorySegment.ofArray(array);
    entries[next] = new Entry(new WeakReference<>(array), new WeakReference<>(segment));
    next = (next + 1) % CAPACITY;
    return segment;
  }
}
