package dev.flyball.kernels.simd;

import dev.flyball.kernels.asm.Label;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * What back ends have in common: the registers that are free to be held by a kernel, and the
 * numbers behind its code.
 */
abstract class SimdBackEnd implements SimdBuilder {
  private final Deque<Vec> vectors = new ArrayDeque<>();
  private final Deque<Reg> registers = new ArrayDeque<>();
  private final Map<Label, float[]> constants = new LinkedHashMap<>();

  /** Puts a vector behind those that are taken before it. */
  final void add(Vec vector) {
    vectors.addLast(vector);
  }

  /** Puts a register behind those that are taken before it. */
  final void add(Reg register) {
    registers.addLast(register);
  }

  /** Sets a register to the address of a place in the code. */
  abstract void setAddress(Reg destination, Label place);

  /** Puts all constants, each behind its label. */
  final void putConstants(Consumer<Label> bind, IntConsumer data) {
    constants.forEach(
        (label, values) -> {
          bind.accept(label);
          for (float value : values) {
            data.accept(Float.floatToRawIntBits(value));
          }
        });
  }

  @Override
  public final int freeVectors() {
    return vectors.size();
  }

  @Override
  public final Vec vector() {
    try {
      return vectors.removeFirst();
    } catch (NoSuchElementException e) {
      throw new IllegalStateException("the kernel holds more vectors than there are", e);
    }
  }

  @Override
  public final void release(Vec... released) {
    for (Vec vector : released) {
      vectors.addFirst(vector);
    }
  }

  @Override
  public final Reg register() {
    try {
      return registers.removeFirst();
    } catch (NoSuchElementException e) {
      throw new IllegalStateException("the kernel holds more registers than there are", e);
    }
  }

  @Override
  public final void release(Reg... released) {
    for (Reg register : released) {
      registers.addFirst(register);
    }
  }

  @Override
  public final Reg parameter(int index) {
    Reg register = register();
    reload(register, index);
    return register;
  }

  @Override
  public final Reg constants(float... values) {
    Reg register = register();
    Label label = new Label();
    setAddress(register, label);
    constants.put(label, values.clone());
    return register;
  }
}
