package dev.flyball.kernels.matmul;

import dev.flyball.kernels.simd.MatrixOperations;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;

/**
 * Emits the dot products of four rows with a tile's tokens two by two, where a processor multiplies
 * two rows of eight bytes with two others in one instruction. Activations lie as {@link
 * QuantizedLayout} pairs them; weights are turned into pairs of rows as they are unpacked.
 */
final class PairedDots {
  /** Vectors that are held besides sums and products: two for weights, one for activations. */
  private static final int WORK_VECTORS = 3;

  private final SimdBuilder s;
  private final MatrixOperations matrices;
  private final QuantizedLayout layout;
  private final CodeReader codes;
  private final Reg activations;
  private final int places;

  PairedDots(SimdBuilder s, QuantizedLayout layout, CodeReader codes, Reg activations, int places) {
    this.s = s;
    this.matrices = s.matrixOperations().orElseThrow();
    this.layout = layout;
    this.codes = codes;
    this.activations = activations;
    this.places = places;
  }

  /**
   * Most places that a tile may have: each has a vector of sums, and each pair two of products,
   * even where the last one's second place is empty.
   *
   * @param free vectors besides those that codes are read with
   */
  static int maxPlaces(int free) {
    int pairs = (free - WORK_VECTORS) / 4;
    int left = free - WORK_VECTORS - 4 * pairs;
    return 2 * pairs + (left == 3 ? 1 : 0);
  }

  /** The integer dot products of a scaled group, corrected: a new vector for each place. */
  Vec[] emit(int part, int firstRow) {
    Vec[] firstRows = cleared();
    Vec[] lastRows = cleared();
    addProducts(firstRows, lastRows, part, firstRow);
    Vec[] dots = split(firstRows, lastRows);
    if (layout.offset() != 0) {
      correct(dots, part);
    }
    return dots;
  }

  private Vec[] cleared() {
    Vec[] vectors = new Vec[(places + 1) / 2];
    for (int pair = 0; pair < vectors.length; pair++) {
      vectors[pair] = s.vector();
      s.zero(vectors[pair]);
    }
    return vectors;
  }

  private void addProducts(Vec[] firstRows, Vec[] lastRows, int part, int firstRow) {
    Vec first = s.vector();
    Vec last = s.vector();
    Vec tokens = s.vector();
    int eights = CodePanels.BLOCK / 8 / layout.parts();
    for (int eight = part * eights; eight < (part + 1) * eights; eight++) {
      codes.read(2 * eight, firstRow);
      s.copy(last, codes.quad());
      codes.read(2 * eight + 1, firstRow);
      matrices.joinQuads(first, last, last, codes.quad());
      for (int pair = 0; pair < firstRows.length; pair++) {
        loadTokens(tokens, 2 * pair, eight);
        matrices.multiply(firstRows[pair], tokens, first);
        matrices.multiply(lastRows[pair], tokens, last);
      }
    }
    s.release(first, last, tokens);
  }

  /** Eight columns of two tokens, or of the last one alone. */
  private void loadTokens(Vec tokens, int place, int eight) {
    int offsetBytes =
        layout.valuesOffset(place, places) + eight * layout.valuesStride(place, places);
    if (place + 1 < places) {
      s.load(tokens, activations, offsetBytes);
    } else {
      matrices.loadEightBytes(tokens, activations, offsetBytes);
    }
  }

  /** By token what was by rows; the vector that becomes free takes the next pair's first token. */
  private Vec[] split(Vec[] firstRows, Vec[] lastRows) {
    Vec[] dots = new Vec[places];
    Vec free = s.vector();
    for (int pair = 0; pair < firstRows.length; pair++) {
      matrices.splitTokens(free, lastRows[pair], firstRows[pair], lastRows[pair]);
      dots[2 * pair] = free;
      if (2 * pair + 1 < places) {
        dots[2 * pair + 1] = lastRows[pair];
      } else {
        s.release(lastRows[pair]);
      }
      free = firstRows[pair];
    }
    s.release(free);
    return dots;
  }

  private void correct(Vec[] dots, int part) {
    Vec correction = s.vector();
    for (int t = 0; t < places; t++) {
      int at = layout.correctionsOffset(places) + 4 * (part * places + t);
      s.broadcast(correction, activations, at);
      s.addInt(dots[t], dots[t], correction);
    }
    s.release(correction);
  }
}
