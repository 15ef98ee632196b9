package dev.flyball.kernels.code;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Calls generated code: a function of the address of its parameters and of up to three Java arrays.
 * The handle is a constant for the just-in-time compiler and the function's address a parameter of
 * it, so that a call costs a few nanoseconds whichever kernel it is for.
 *
 * <p>The call is a critical one (no safepoint while it runs), which is what lets the code work on a
 * Java array in place; a piece of work handed to one call is therefore to take no more than about a
 * millisecond.
 */
public final class NativeCode {
  @SuppressWarnings(
      "restricted") // every entry that reaches this handle was generated with this signature
  private static final MethodHandle CALL =
      Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.ofVoid(
                  ValueLayout.JAVA_LONG,
                  ValueLayout.ADDRESS,
                  ValueLayout.ADDRESS,
                  ValueLayout.ADDRESS),
              Linker.Option.critical(true));

  private static final ThreadLocal<ArraySegments> ARRAYS =
      ThreadLocal.withInitial(ArraySegments::new);

  private NativeCode() {}

  /**
   * Runs the code at {@code entry} on the calling thread.
   *
   * @param parameters address of the parameter block that this code expects
   */
  public static void call(MemorySegment entry, long parameters) {
    call(entry, parameters, MemorySegment.NULL, MemorySegment.NULL, MemorySegment.NULL);
  }

  /** As {@link #call(MemorySegment, long)} with an array that it works on. */
  public static void call(MemorySegment entry, long parameters, float[] a) {
    call(entry, parameters, ARRAYS.get().of(a), MemorySegment.NULL, MemorySegment.NULL);
  }

  /** As {@link #call(MemorySegment, long)} with two arrays that it works on. */
  public static void call(MemorySegment entry, long parameters, float[] a, float[] b) {
    ArraySegments arrays = ARRAYS.get();
    call(entry, parameters, arrays.of(a), arrays.of(b), MemorySegment.NULL);
  }

  /** As {@link #call(MemorySegment, long)} with three arrays that it works on. */
  public static void call(MemorySegment entry, long parameters, float[] a, float[] b, float[] c) {
    ArraySegments arrays = ARRAYS.get();
    call(entry, parameters, arrays.of(a), arrays.of(b), arrays.of(c));
  }

  private static void call(
      MemorySegment entry, long parameters, MemorySegment a, MemorySegment b, MemorySegment c) {
    try {
      CALL.invokeExact(entry, parameters, a, b, c);
    } catch (Throwable e) {
      throw new IllegalStateException("calling generated code failed", e);
    }
  }
}
