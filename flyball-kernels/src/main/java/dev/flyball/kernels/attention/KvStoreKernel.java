package dev.flyball.kernels.attention;

import dev.flyball.kernels.asm.Label;
import dev.flyball.kernels.code.ExecutableMemory;
import dev.flyball.kernels.code.NativeCode;
import dev.flyball.kernels.simd.InstructionSet;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * Writes keys and values of adjacent tokens into a head's block, as {@link KvLayout#putKey} and
 * {@link KvLayout#putValue} do one by one. Keys are turned over on the way: a token to a lane.
 * Immutable; thread-safe.
 *
 * <p>Q4_0, ragged lengths, and keys of fewer tokens than a vector has lanes are left to plain Java.
 * With Q8_0, halves between two codes go to the even one, and groups whose scale is below the
 * smallest normal float may have other codes than in plain Java.
 */
public final class KvStoreKernel implements AutoCloseable {
  /** Offset of the first token's key or value in the array, in bytes. */
  private static final int SOURCE = 0;

  /** Bytes from token to token there. */
  private static final int STRIDE = 1;

  private static final int TARGET = 2;
  private static final int SCALES = 3;
  private static final int TOKENS = 4;

  /** Bytes of the parameter block that calls want. */
  public static final long PARAMETER_BYTES = 40;

  private final KvLayout layout;
  private final int lanes;
  private final Optional<ExecutableMemory> keys;
  private final Optional<ExecutableMemory> values;

  public KvStoreKernel(KvLayout layout, InstructionSet level) {
    this.layout = layout;
    lanes = level.newKernel(1).lanes();
    keys =
        takes(layout.keys(), layout.keyLength(), 4)
            ? compile(new Generator(level.newKernel(1), layout, layout.keys()).keys())
            : Optional.empty();
    values =
        takes(layout.values(), layout.valueLength(), lanes)
            ? compile(new Generator(level.newKernel(1), layout, layout.values()).values())
            : Optional.empty();
  }

  /**
   * @param unit numbers that are treated at once where they are not scaled
   */
  private static boolean takes(KvElement element, int length, int unit) {
    return switch (element) {
      case F32, F16 -> length % unit == 0;
      case Q8_0 -> length % KvElement.SCALED == 0;
      case Q4_0 -> false;
    };
  }

  private static Optional<ExecutableMemory> compile(byte[] code) {
    return Optional.of(ExecutableMemory.require(code));
  }

  /**
   * Writes the keys of adjacent tokens.
   *
   * @param block memory that holds the head's block from {@code at}
   * @param slot of the first token in the block
   * @param offset of the first token's key in {@code from}
   * @param stride values from token to token there
   * @param parameters scratch of the calling thread
   */
  public void putKeys(
      MemorySegment block,
      long at,
      int slot,
      int tokens,
      float[] from,
      int offset,
      int stride,
      MemorySegment parameters) {
    int done = 0;
    for (; keys.isPresent() && tokens - done >= lanes; done += lanes) {
      set(parameters, offset + done * stride, stride, lanes);
      long address = block.address() + at;
      set(parameters, TARGET, address + layout.keys().offsetBytes(slot + done));
      set(parameters, SCALES, address + layout.keyScaleOffset(0, slot + done));
      NativeCode.call(keys.get().entry(), parameters.address(), from);
    }
    for (; done < tokens; done++) {
      layout.putKey(block, at, slot + done, from, offset + done * stride);
    }
  }

  /** Writes the values of adjacent tokens; see {@link #putKeys}. */
  public void putValues(
      MemorySegment block,
      long at,
      int slot,
      int tokens,
      float[] from,
      int offset,
      int stride,
      MemorySegment parameters) {
    if (values.isPresent()) {
      set(parameters, offset, stride, tokens);
      long address = block.address() + at;
      set(parameters, TARGET, address + layout.valuesOffset() + (long) slot * layout.valueStride());
      set(parameters, SCALES, address + layout.valueScaleOffset(slot, 0));
      NativeCode.call(values.get().entry(), parameters.address(), from);
      return;
    }
    for (int t = 0; t < tokens; t++) {
      layout.putValue(block, at, slot + t, from, offset + t * stride);
    }
  }

  private static void set(MemorySegment parameters, int offset, int stride, int tokens) {
    set(parameters, SOURCE, 4L * offset);
    set(parameters, STRIDE, 4L * stride);
    set(parameters, TOKENS, tokens);
  }

  private static void set(MemorySegment parameters, int parameter, long value) {
    parameters.setAtIndex(ValueLayout.JAVA_LONG, parameter, value);
  }

  @Override
  public void close() {
    keys.ifPresent(ExecutableMemory::close);
    values.ifPresent(ExecutableMemory::close);
  }

  private static final class Generator {
    private static final int GROUP = KvElement.SCALED;
    private static final float LARGEST_BYTE = 127;

    private final SimdBuilder s;
    private final KvLayout layout;
    private final KvElement element;
    private final Reg from;
    private final Reg stride;
    private final Reg target;
    private final Reg scales;

    Generator(SimdBuilder s, KvLayout layout, KvElement element) {
      this.s = s;
      this.layout = layout;
      this.element = element;
      from = s.array(0);
      Reg offset = s.parameter(SOURCE);
      s.add(from, offset);
      s.release(offset);
      stride = s.parameter(STRIDE);
      target = s.parameter(TARGET);
      scales = s.parameter(SCALES);
    }

    private boolean scaled() {
      return element == KvElement.Q8_0;
    }

    private Vec[] vectors(int count) {
      Vec[] vectors = new Vec[count];
      for (int i = 0; i < count; i++) {
        vectors[i] = s.vector();
      }
      return vectors;
    }

    private void store(Reg base, int offsetBytes, Vec value) {
      if (element == KvElement.F16) {
        s.storeHalf(base, offsetBytes, value);
      } else {
        s.store(base, offsetBytes, value);
      }
    }

    /** Four dimensions of as many tokens as there are lanes at once. */
    byte[] keys() {
      Vec[] quad = vectors(4);
      int dimensions = scaled() ? GROUP : 4;
      Optional<Scaling> scaling = scaled() ? Optional.of(new Scaling()) : Optional.empty();
      Reg rounds = s.register();
      s.set(rounds, layout.keyLength() / dimensions);
      Label next = new Label();
      s.bind(next);
      if (scaling.isPresent()) {
        storeScaledKeys(quad, scaling.get());
      } else {
        s.loadRows(quad, from, stride, 0);
        for (int j = 0; j < 4; j++) {
          store(target, j * layout.keyStride(), quad[j]);
        }
      }
      s.add(from, 4 * dimensions);
      s.add(target, dimensions * layout.keyStride());
      s.decrementAndJumpIfNotZero(rounds, next);
      return s.finish();
    }

    private void storeScaledKeys(Vec[] quad, Scaling scaling) {
      scaling.begin();
      for (int d = 0; d < GROUP; d += 4) {
        s.loadRows(quad, from, stride, 4 * d);
        for (Vec dimension : quad) {
          scaling.include(dimension);
        }
      }
      scaling.end();
      s.store(scales, 0, scaling.scale);
      s.add(scales, 4 * KvLayout.BLOCK_TOKENS);
      for (int d = 0; d < GROUP; d += 4) {
        s.loadRows(quad, from, stride, 4 * d);
        for (int j = 0; j < 4; j++) {
          scaling.toCodes(quad[j]);
          s.storeLowBytes(target, (d + j) * layout.keyStride(), quad[j]);
        }
      }
    }

    /** Token after token, along its dimensions. */
    byte[] values() {
      Vec[] value = vectors(scaled() ? GROUP / s.lanes() : 1);
      Optional<Scaling> scaling = scaled() ? Optional.of(new Scaling()) : Optional.empty();
      int dimensions = value.length * s.lanes();
      Reg tokens = s.parameter(TOKENS);
      Reg rounds = s.register();
      Reg x = s.register();
      Reg to = s.register();
      Label nextToken = new Label();
      s.bind(nextToken);
      s.copy(x, from);
      s.copy(to, target);
      s.set(rounds, layout.valueLength() / dimensions);
      Label next = new Label();
      s.bind(next);
      for (int i = 0; i < value.length; i++) {
        s.load(value[i], x, i * s.bytes());
      }
      if (scaling.isPresent()) {
        storeScaledValues(value, scaling.get(), to);
      } else {
        store(to, 0, value[0]);
      }
      s.add(x, 4 * dimensions);
      s.add(to, element.bytes(dimensions));
      s.decrementAndJumpIfNotZero(rounds, next);
      s.add(from, stride);
      s.add(target, layout.valueStride());
      s.decrementAndJumpIfNotZero(tokens, nextToken);
      return s.finish();
    }

    private void storeScaledValues(Vec[] value, Scaling scaling, Reg to) {
      scaling.begin();
      for (Vec part : value) {
        scaling.include(part);
      }
      s.largestIntLane(scaling.scale, scaling.work);
      scaling.end();
      s.storeLane(scales, 0, scaling.scale);
      s.add(scales, Float.BYTES);
      for (Vec part : value) {
        scaling.toCodes(part);
      }
      s.storeSignedBytes(to, 0, value);
    }

    /**
     * Finds scales and makes codes, lane by lane. Magnitudes are compared as ints: NaN is on top.
     */
    private final class Scaling {
      private final Vec scale = s.vector();
      private final Vec inverse = s.vector();
      private final Vec work = s.vector();
      private final Vec withoutSign = s.vector();
      private final Vec smallest = s.vector();

      Scaling() {
        s.constantInt(withoutSign, Integer.MAX_VALUE);
        s.constantFloat(smallest, Float.MIN_NORMAL);
      }

      void begin() {
        s.zero(scale);
      }

      void include(Vec x) {
        s.and(work, x, withoutSign);
        s.maximumInt(scale, scale, work);
      }

      void end() {
        s.constantFloat(work, LARGEST_BYTE);
        s.divide(scale, scale, work);
        s.maximum(work, smallest, scale);
        s.constantFloat(inverse, 1);
        s.divide(inverse, inverse, work);
      }

      void toCodes(Vec x) {
        s.multiply(x, x, inverse);
        s.floatToInt(x, x);
      }
    }
  }
}
