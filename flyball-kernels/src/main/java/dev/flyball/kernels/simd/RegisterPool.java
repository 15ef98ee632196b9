package dev.flyball.kernels.simd;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.NoSuchElementException;

/** The registers of a back end that are free to be held by a kernel. Not thread-safe. */
final class RegisterPool {
  private final Deque<Vec> vectors = new ArrayDeque<>();
  private final Deque<Reg> registers = new ArrayDeque<>();

  /** Puts a vector behind those that are taken before it. */
  void add(Vec vector) {
    vectors.addLast(vector);
  }

  /** Puts a register behind those that are taken before it. */
  void add(Reg register) {
    registers.addLast(register);
  }

  int freeVectors() {
    return vectors.size();
  }

  Vec vector() {
    try {
      return vectors.removeFirst();
    } catch (NoSuchElementException e) {
      throw new IllegalStateException("the kernel holds more vectors than there are", e);
    }
  }

  Reg register() {
    try {
      return registers.removeFirst();
    } catch (NoSuchElementException e) {
      throw new IllegalStateException("the kernel holds more registers than there are", e);
    }
  }

  void release(Vec... released) {
    for (Vec vector : released) {
      vectors.addFirst(vector);
    }
  }

  void release(Reg... released) {
    for (Reg register : released) {
      registers.addFirst(register);
    }
  }
}
