package dev.flyball.kernels.matmul;

import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;
import java.util.ArrayList;
import java.util.List;

/**
 * Emits the unpacking of codes: one quad (four columns of as many rows as there are lanes) at a
 * time, in order, becomes a vector of bytes, and that vector's dot products with activations.
 */
abstract class CodeReader {
  final SimdBuilder s;
  final Reg weights;

  private final Vec quad;

  private CodeReader(SimdBuilder s, Reg weights) {
    this.s = s;
    this.weights = weights;
    quad = s.vector();
  }

  /**
   * The reader of a format.
   *
   * @param weights holds the address of the block
   * @param tableParameter the parameter that holds the address of the code table
   */
  static CodeReader of(SimdBuilder s, CodePanels format, Reg weights, int tableParameter) {
    if (format.codes() == CodePanels.Codes.SIGNED_BYTES) {
      return s.signedBias() == 0
          ? new SignedBytes(s, weights, format.codesOffset())
          : new BiasedBytes(s, weights, format.codesOffset());
    }
    if (format.table().isEmpty()) {
      return new Planes(s, weights, format);
    }
    return format.signed() && s.signedBias() == 0
        ? new SignedTable(s, weights, format, tableParameter)
        : new Table(s, weights, format, tableParameter);
  }

  /**
   * A reader of another panel, which shares what is constant. Its dot products take activations in
   * vectors; signed codes are possible only where no magnitudes of them are wanted.
   *
   * @param weights holds the address of the other panel's block
   */
  abstract CodeReader beside(Reg weights);

  /** Emits the reading of quad 0 to 7 of the block, of the rows from {@code firstRow}. */
  abstract void read(int index, int firstRow);

  /** Emits the dot products of the quad read last with four activations, broadcast from memory. */
  void dot(Vec accumulator, Reg base, int offsetBytes) {
    s.dotBroadcast(accumulator, quad, base, offsetBytes);
  }

  /** Emits the dot products of the quad read last with a vector of activations. */
  final void dot(Vec accumulator, Vec activations) {
    s.dot(accumulator, quad, activations);
  }

  /** The vector of the quad read last; free for other use after its dot products. */
  final Vec quad() {
    return quad;
  }

  /** A second vector that is free for other use after the dot products of quads 3 and 7. */
  abstract Vec scratch();

  /** Bytes as they are, made unsigned. */
  private static final class BiasedBytes extends CodeReader {
    private final int offsetBytes;
    private final Vec signs;
    private final Vec scratch;

    BiasedBytes(SimdBuilder s, Reg weights, int offsetBytes) {
      super(s, weights);
      this.offsetBytes = offsetBytes;
      signs = s.vector();
      scratch = s.vector();
      s.constantByte(signs, 0x80);
    }

    private BiasedBytes(BiasedBytes other, Reg weights) {
      super(other.s, weights);
      offsetBytes = other.offsetBytes;
      signs = other.signs;
      scratch = other.scratch;
    }

    @Override
    CodeReader beside(Reg weights) {
      return new BiasedBytes(this, weights);
    }

    @Override
    void read(int index, int firstRow) {
      s.load(quad(), weights, offsetBytes + 64 * index + 4 * firstRow);
      s.xor(quad(), quad(), signs);
    }

    @Override
    Vec scratch() {
      return scratch;
    }
  }

  /** Bytes as they are. */
  private static final class SignedBytes extends CodeReader {
    private final int offsetBytes;
    private final Vec magnitudes;

    SignedBytes(SimdBuilder s, Reg weights, int offsetBytes) {
      super(s, weights);
      this.offsetBytes = offsetBytes;
      magnitudes = s.vector();
    }

    private SignedBytes(SignedBytes other, Reg weights) {
      super(other.s, weights);
      offsetBytes = other.offsetBytes;
      magnitudes = other.magnitudes;
    }

    @Override
    CodeReader beside(Reg weights) {
      return new SignedBytes(this, weights);
    }

    @Override
    void read(int index, int firstRow) {
      s.load(quad(), weights, offsetBytes + 64 * index + 4 * firstRow);
      s.magnitudes(magnitudes, quad());
    }

    @Override
    void dot(Vec accumulator, Reg base, int offsetBytes) {
      s.dotSignedBroadcast(accumulator, quad(), magnitudes, base, offsetBytes);
    }

    @Override
    Vec scratch() {
      return magnitudes;
    }
  }

  /** Codes put together from planes of bits. */
  private static class Planes extends CodeReader {
    private final List<CodePlane> planes = new ArrayList<>();
    private final List<Vec> moved;

    Planes(SimdBuilder s, Reg weights, CodePanels format) {
      super(s, weights);
      CodePanels.Codes codes = format.codes();
      int bits = 0;
      if (codes.nibbles) {
        planes.add(new CodePlane(s, weights, format.codesOffset(), 4, bits));
        bits += 4;
      }
      if (codes.pairs) {
        planes.add(new CodePlane(s, weights, format.pairsOffset(), 2, bits));
        bits += 2;
      }
      if (codes.bits) {
        planes.add(new CodePlane(s, weights, format.bitsOffset(), 1, bits));
      }
      moved = planes.size() == 1 ? List.of() : List.of(s.vector());
    }

    Planes(Planes other, Reg weights) {
      super(other.s, weights);
      for (CodePlane plane : other.planes) {
        planes.add(new CodePlane(plane, weights));
      }
      moved = other.moved;
    }

    @Override
    CodeReader beside(Reg weights) {
      return new Planes(this, weights);
    }

    @Override
    void read(int index, int firstRow) {
      planes.getFirst().read(quad(), index, firstRow);
      for (CodePlane plane : planes.subList(1, planes.size())) {
        plane.add(quad(), moved.getFirst(), index, firstRow);
      }
    }

    /**
     * Quads 3 and 7 are the last of their vector in a plane of nibbles or pairs, which is always
     * the first.
     */
    @Override
    final Vec scratch() {
      return planes.getFirst().packed();
    }
  }

  /** Codes that stand for unsigned bytes of a table. */
  private static class Table extends Planes {
    private final Vec table;

    Table(SimdBuilder s, Reg weights, CodePanels format, int tableParameter) {
      super(s, weights, format);
      table = s.vector();
      Reg address = s.parameter(tableParameter);
      s.load(table, address, 0);
      s.release(address);
    }

    Table(Table other, Reg weights) {
      super(other, weights);
      table = other.table;
    }

    @Override
    CodeReader beside(Reg weights) {
      return new Table(this, weights);
    }

    @Override
    void read(int index, int firstRow) {
      super.read(index, firstRow);
      s.lookup(quad(), table, quad());
    }
  }

  /** Codes that stand for signed bytes of a table. */
  private static final class SignedTable extends Table {
    private final Vec magnitudes;

    SignedTable(SimdBuilder s, Reg weights, CodePanels format, int tableParameter) {
      super(s, weights, format, tableParameter);
      magnitudes = s.vector();
    }

    private SignedTable(SignedTable other, Reg weights) {
      super(other, weights);
      magnitudes = other.magnitudes;
    }

    @Override
    CodeReader beside(Reg weights) {
      return new SignedTable(this, weights);
    }

    @Override
    void read(int index, int firstRow) {
      super.read(index, firstRow);
      s.magnitudes(magnitudes, quad());
    }

    @Override
    void dot(Vec accumulator, Reg base, int offsetBytes) {
      s.dotSignedBroadcast(accumulator, quad(), magnitudes, base, offsetBytes);
    }
  }
}
