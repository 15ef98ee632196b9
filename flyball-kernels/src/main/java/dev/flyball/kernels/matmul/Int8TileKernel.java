package dev.flyball.kernels.matmul;

import dev.flyball.kernels.asm.Label;
import dev.flyball.kernels.matmul.CodePanels.Mins;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;
import java.util.Arrays;

/**
 * Generates the product of consecutive panels of packed rows with one tile of tokens: {@code
 * out[t][row] = sum over columns of w[row][column] * x[t][column]}.
 *
 * <p>A panel's 16 rows lie side by side in the lanes, so that sums need no horizontal step; a block
 * of 32 columns is eight quads, for each of which every token takes one 8-bit dot product into its
 * integer sums. At the end of a scaled group they become floats. Where a vector is shorter than 16
 * lanes the panel is run over once for each part of its rows.
 *
 * <p>One panel at once has the largest tile, which suits few tokens: weights are read once. Two
 * panels share the loads of activations, which suits many tokens: a processor loads two vectors a
 * cycle and multiplies as many, so that a load for each product leaves none for anything else.
 */
final class Int8TileKernel extends TileKernel {
  /** How far ahead of its use a single panel is asked for: 4 KiB gave less, 16 KiB no more. */
  private static final int STREAM_AHEAD_BYTES = 8 << 10;

  /**
   * Tiles of a batch that together ask for as many weights of a later piece as their own has: the
   * fewest that a batch for pairs of panels has.
   */
  private static final int TILES_ASKING = 3;

  private final CodePanels format;
  private final QuantizedLayout layout;
  private final int tokens;

  /** One for each token, or two: what its first place leaves is in units of a 256th of it. */
  private final int places;

  // Each for the panels taken at once.
  private final Reg[] headers;
  private final Vec[][] sums;
  private final CodeReader[] codes;
  private final ScaleReader[] scales;

  private Int8TileKernel(SimdBuilder s, CodePanels format, int panels, int tokens, boolean fine) {
    super(s, panels);
    this.format = format;
    this.tokens = tokens;
    places = fine ? 2 * tokens : tokens;
    this.layout = QuantizedLayout.of(format, s);
    headers = new Reg[panels];
    sums = new Vec[panels][];
    codes = readers(s, format, weights);
    scales = new ScaleReader[panels];
    for (int panel = 0; panel < panels; panel++) {
      headers[panel] = s.register();
      scales[panel] = new ScaleReader(s, format, weights[panel], headers[panel]);
      sums[panel] = vectors();
    }
  }

  /** Whether tokens are multiplied two by two, which one alone gains nothing of. */
  private boolean paired() {
    return layout.paired() && places > 1;
  }

  private static CodeReader[] readers(SimdBuilder s, CodePanels format, Reg[] weights) {
    CodeReader[] readers = new CodeReader[weights.length];
    readers[0] = CodeReader.of(s, format, weights[0], TileParameters.TABLE);
    for (int panel = 1; panel < readers.length; panel++) {
      readers[panel] = readers[0].beside(weights[panel]);
    }
    return readers;
  }

  private Vec[] vectors() {
    Vec[] vectors = new Vec[tokens];
    Arrays.setAll(vectors, token -> s.vector());
    return vectors;
  }

  /**
   * Most tokens that a tile may have: two vectors each for every panel taken at once, besides those
   * that codes are read with and, of several panels, the activations that they share. Where tokens
   * are multiplied two by two each place has vectors of its own, and each load of activations
   * serves several products anyway: there are no kernels for several panels.
   */
  static int maxTokens(SimdBuilder fresh, CodePanels format, int panels, boolean fine) {
    Reg[] weights = new Reg[panels];
    Arrays.setAll(weights, panel -> fresh.register());
    readers(fresh, format, weights);
    if (fresh.matrixOperations().isPresent()) {
      int places = panels > 1 ? 0 : PairedDots.maxPlaces(fresh.freeVectors());
      return fine ? places / 2 : places;
    }
    return (fresh.freeVectors() - (panels > 1 ? 1 : 0)) / (2 * panels);
  }

  /**
   * Lines of 64 bytes that kernels for two panels at once ask for ahead with each block of 32
   * columns.
   */
  static int linesAhead(CodePanels format) {
    return Math.ceilDiv(2 * format.blockBytes(), 64 * TILES_ASKING);
  }

  /**
   * @param panels how many panels are taken at once
   * @param fine whether tokens have two places each, whose sums are one output: see {@link
   *     QuantizedTokens}
   */
  static byte[] generate(SimdBuilder s, CodePanels format, int panels, int tokens, boolean fine) {
    return new Int8TileKernel(s, format, panels, tokens, fine).assemble();
  }

  @Override
  void clearSums() {
    for (Vec[] ofPanel : sums) {
      for (Vec sum : ofPanel) {
        s.zero(sum);
      }
    }
  }

  @Override
  Vec[] totals(int panel) {
    return sums[panel];
  }

  /** One super-block. */
  @Override
  void round(int firstRow) {
    if (format.blocksPerSuper() == 1) {
      block(firstRow);
      return;
    }
    for (int panel = 0; panel < weights.length; panel++) {
      s.copy(headers[panel], weights[panel]);
      s.add(weights[panel], format.headerBytes());
    }
    Reg blocks = s.register();
    s.set(blocks, format.blocksPerSuper());
    Label nextBlock = new Label();
    s.bind(nextBlock);
    block(firstRow);
    s.decrementAndJumpIfNotZero(blocks, nextBlock);
    s.release(blocks);
  }

  /** 32 columns: one scaled group, or two of 16. */
  private void block(int firstRow) {
    if (weights.length > 1) {
      fetchAhead(linesAhead(format));
    } else if (firstRow == 0) {
      fetchStream();
    }
    for (int part = 0; part < format.scalesPerBlock(); part++) {
      Vec[][] dots = paired() ? pairedDots(part, firstRow) : dots(part, firstRow);
      scale(dots, part, firstRow);
      for (Vec[] ofPanel : dots) {
        s.release(ofPanel);
      }
    }
    for (Reg ofPanel : weights) {
      s.add(ofPanel, format.blockBytes());
    }
    s.add(activations, layout.groupBytes(places));
  }

  /**
   * Asks for the weights of a later block: those of few tokens come from memory, and between
   * unpacking and products a processor does not look far enough ahead by itself.
   */
  private void fetchStream() {
    for (int line = 0; line < format.blockBytes(); line += 64) {
      s.prefetch(weights[0], STREAM_AHEAD_BYTES + line);
    }
  }

  /**
   * The integer dot products of a scaled group, corrected: new vectors, by panel and token. Those
   * of fine tokens are in units of their second places.
   */
  private Vec[][] dots(int part, int firstRow) {
    Vec[][] dots = new Vec[weights.length][];
    Arrays.setAll(dots, panel -> vectors());
    start(dots, part);
    addProducts(dots, part, firstRow, 0);
    if (places > tokens) {
      SecondPlaces.begin(s, layout, dots, activations, correction(part, tokens), codes[0].quad());
      addProducts(dots, part, firstRow, tokens);
    }
    return dots;
  }

  /** As {@link #dots}, of a single panel with tokens two by two. */
  private Vec[][] pairedDots(int part, int firstRow) {
    Vec[] dots = new PairedDots(s, layout, codes[0], activations, places).emit(part, firstRow);
    for (int t = tokens; t < places; t++) {
      Vec dot = dots[t - tokens];
      s.shiftLeft32(dot, dot, QuantizedLayout.REST_BITS);
      s.addInt(dot, dot, dots[t]);
      s.release(dots[t]);
    }
    return new Vec[][] {Arrays.copyOf(dots, tokens)};
  }

  private int correction(int part, int place) {
    return layout.correctionsOffset(places) + 4 * (part * places + place);
  }

  private void start(Vec[][] dots, int part) {
    for (int t = 0; t < tokens; t++) {
      if (layout.offset() != 0) {
        s.broadcast(dots[0][t], activations, correction(part, t));
      }
      for (int panel = 0; panel < dots.length; panel++) {
        if (layout.offset() == 0) {
          s.zero(dots[panel][t]);
        } else if (panel > 0) {
          s.copy(dots[panel][t], dots[0][t]);
        }
      }
    }
  }

  /** {@code dots[t] += } a scaled group's codes times activations of a place. */
  private void addProducts(Vec[][] dots, int part, int firstRow, int firstPlace) {
    int quads = 8 / format.scalesPerBlock();
    for (int quad = part * quads; quad < (part + 1) * quads; quad++) {
      for (CodeReader reader : codes) {
        reader.read(quad, firstRow);
      }
      addQuad(dots, CodePanels.BLOCK * firstPlace + 4 * quad);
    }
  }

  /** {@code dots[t] += } the quad read last times four columns of activations. */
  private void addQuad(Vec[][] dots, int offsetBytes) {
    if (weights.length == 1) {
      for (int t = 0; t < tokens; t++) {
        codes[0].dot(dots[0][t], activations, CodePanels.BLOCK * t + offsetBytes);
      }
      return;
    }
    Vec shared = s.vector();
    for (int t = 0; t < tokens; t++) {
      s.broadcast(shared, activations, CodePanels.BLOCK * t + offsetBytes);
      for (int panel = 0; panel < weights.length; panel++) {
        codes[panel].dot(dots[panel][t], shared);
      }
    }
    s.release(shared);
  }

  /** {@code sums[t] += dots[t] * weight scale * activation scale + minimum * activation sum}. */
  private void scale(Vec[][] dots, int part, int firstRow) {
    for (int panel = 0; panel < weights.length; panel++) {
      scales[panel].loadScale(codes[panel].quad(), codes[panel].scratch(), part, firstRow);
    }
    Vec[] products = new Vec[weights.length];
    for (int t = 0; t < tokens; t++) {
      for (int panel = 0; panel < weights.length; panel++) {
        products[panel] = dots[panel][t];
        s.intToFloat(products[panel], products[panel]);
        s.multiply(products[panel], products[panel], codes[panel].quad());
      }
      addTimes(t, products, layout.scalesOffset(places) + 4 * (places - tokens + t));
    }
    if (format.mins() != Mins.NONE) {
      Vec[] mins = new Vec[weights.length];
      for (int panel = 0; panel < weights.length; panel++) {
        mins[panel] = codes[panel].quad();
        scales[panel].loadMin(mins[panel], codes[panel].scratch(), part, firstRow);
      }
      for (int place = 0; place < places; place++) {
        int at = layout.sumsOffset(places) + 4 * (part * places + place);
        addTimes(place % tokens, mins, at);
      }
    }
  }

  /**
   * {@code sums[t] += factor * } a number beside the activations, of each panel; the number is
   * loaded once.
   */
  private void addTimes(int t, Vec[] factors, int offsetBytes) {
    if (weights.length == 1) {
      s.fmaBroadcast(sums[0][t], factors[0], activations, offsetBytes);
      return;
    }
    Vec shared = s.vector();
    s.broadcast(shared, activations, offsetBytes);
    for (int panel = 0; panel < weights.length; panel++) {
      s.fma(sums[panel][t], factors[panel], shared);
    }
    s.release(shared);
  }
}
