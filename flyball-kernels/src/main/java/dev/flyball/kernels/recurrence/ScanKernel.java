package dev.flyball.kernels.recurrence;

import dev.flyball.kernels.ScanTokens;
import dev.flyball.kernels.code.ExecutableMemory;
import dev.flyball.kernels.code.NativeCode;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What the kernels of recurrent heads have in common: tokens are taken in stretches over which a
 * state does not decay by more than {@link #LEAST_DECAY}. In a stretch the state is kept as its
 * last token will see it: of each token's own view it is {@code rest} times as much, {@code rest}
 * being what the tokens after it leave. So it decays once a stretch, and a token costs a
 * multiply-add less for each of its values. Immutable; thread-safe.
 */
public abstract sealed class ScanKernel implements AutoCloseable
    permits DeltaRuleKernel, StateSpaceKernel {
  /** Far from where floats end, whose precision is the same everywhere else. */
  private static final float LEAST_DECAY = 0x1p-30f;

  static final int STATE = 0;
  static final int COUNT = 1;
  static final int LIST = 2;
  static final int SCALARS = 3;
  private static final int SCALAR_WORD = 4;

  /** Byte offsets of scalars of a call. */
  static final int SCALE = 0;

  static final int DIRECT = 4;

  private static final int LIST_WORD = 5;

  /** Byte offsets of the parts of a token's entry: where its vectors begin, then floats. */
  static final int KEY = 0;

  static final int QUERY = 8;
  static final int VALUE = 16;
  static final int RESULT = 24;
  static final int FLOATS = 32;
  static final int ENTRY_BYTES = 64;

  /** Bytes of the parameter block that {@link #advance} wants. */
  public static final long PARAMETER_BYTES =
      8L * LIST_WORD + (long) ENTRY_BYTES * ScanTokens.CAPACITY;

  private final ExecutableMemory code;

  ScanKernel(ScanCode generator) {
    code = ExecutableMemory.require(generator.generate());
  }

  /** Whether the generated code can treat states (rows, columns). */
  public static boolean takes(InstructionSet level, int rows, int columns) {
    int lanes = level.newKernel(3).lanes();
    return rows % lanes == 0 && rows % ScanCode.UNROLLED_ROWS == 0 && columns % lanes == 0;
  }

  /**
   * Brings a head's state forward.
   *
   * @param state in which it begins at {@code offset}
   * @param x in which the tokens' vectors are
   * @param out where their results go
   * @param parameters scratch of the calling thread
   */
  public final void advance(
      float[] state,
      int offset,
      float[] x,
      ScanTokens tokens,
      float[] out,
      MemorySegment parameters) {
    parameters.setAtIndex(ValueLayout.JAVA_LONG, STATE, 4L * offset);
    long address = parameters.address();
    parameters.setAtIndex(ValueLayout.JAVA_LONG, LIST, address + 8L * LIST_WORD);
    parameters.setAtIndex(ValueLayout.JAVA_LONG, SCALARS, address + 8L * SCALAR_WORD);
    setScalar(parameters, DIRECT, tokens.direct());
    int end;
    for (int first = 0; first < tokens.size(); first = end) {
      end = stretchEnd(tokens, first);
      parameters.setAtIndex(ValueLayout.JAVA_LONG, COUNT, end - first);
      for (int t = first; t < end; t++) {
        setPlaces(parameters, t - first, tokens, t);
      }
      complete(x, tokens, first, end, parameters);
      NativeCode.call(code.entry(), address, state, x, out);
    }
  }

  /** Says what the tokens from {@code first} on do, and what the state before them becomes. */
  private void complete(
      float[] x, ScanTokens tokens, int first, int end, MemorySegment parameters) {
    measure(x, parameters);
    float rest = 1;
    for (int t = end - 1; t >= first; t--) {
      setFactors(parameters, t - first, tokens.write(t), rest);
      rest *= tokens.decay(t);
    }
    setScalar(parameters, SCALE, rest);
  }

  private static int stretchEnd(ScanTokens tokens, int first) {
    int end = first + 1;
    float product = 1;
    while (end < tokens.size()) {
      product *= tokens.decay(end);
      // Not a number ends a stretch, too.
      if (!(product >= LEAST_DECAY)) {
        return end;
      }
      end++;
    }
    return end;
  }

  private static void setPlaces(MemorySegment parameters, int entry, ScanTokens tokens, int token) {
    int word = LIST_WORD + entry * (ENTRY_BYTES / 8);
    parameters.setAtIndex(ValueLayout.JAVA_LONG, word, 4L * tokens.key(token));
    parameters.setAtIndex(ValueLayout.JAVA_LONG, word + 1L, 4L * tokens.query(token));
    parameters.setAtIndex(ValueLayout.JAVA_LONG, word + 2L, 4L * tokens.value(token));
    parameters.setAtIndex(ValueLayout.JAVA_LONG, word + 3L, 4L * tokens.result(token));
  }

  private static void setScalar(MemorySegment parameters, int offsetBytes, float value) {
    parameters.set(ValueLayout.JAVA_FLOAT, 8L * SCALAR_WORD + offsetBytes, value);
  }

  static void setFloat(MemorySegment parameters, int entry, int offsetBytes, float value) {
    parameters.set(ValueLayout.JAVA_FLOAT, at(entry, offsetBytes), value);
  }

  static float getFloat(MemorySegment parameters, int entry, int offsetBytes) {
    return parameters.get(ValueLayout.JAVA_FLOAT, at(entry, offsetBytes));
  }

  private static long at(int entry, int offsetBytes) {
    return 8L * LIST_WORD + (long) entry * ENTRY_BYTES + offsetBytes;
  }

  /** Prepares {@link #setFactors} for all entries. */
  abstract void measure(float[] x, MemorySegment parameters);

  /**
   * @param rest what the tokens behind this one leave of the state
   */
  abstract void setFactors(MemorySegment parameters, int entry, float write, float rest);

  @Override
  public void close() {
    code.close();
  }
}
