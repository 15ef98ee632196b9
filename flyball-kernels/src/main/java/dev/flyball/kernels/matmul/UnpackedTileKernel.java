package dev.flyball.kernels.matmul;

import dev.flyball.kernels.asm.Label;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;
import java.util.Arrays;

/**
 * Generates the product of a super-block of two unpacked panels with tile after tile of tokens:
 * {@code out[t][row] = sums[t][row] + sum over the super-block's columns of w[row][column] *
 * x[t][column]}.
 *
 * <p>A super-block of 32 rows stays in the first-level cache while the tiles' pass; it was unpacked
 * once for all of them ({@link UnpackKernel}), so that the inner loop is loads and dot products and
 * nothing else. Activations have one scale for the super-block, so that a group of columns costs
 * one multiplication, by the weights' scale. Only for vectors that hold all rows of a panel and
 * take unsigned codes.
 *
 * <p>Fine tokens have what rounding leaves in a second place of their tile, in units of a 256th:
 * the sums of the first are shifted left by eight bits, and those of the second added.
 */
final class UnpackedTileKernel {
  /** Address of the unpacked panels. */
  static final int WEIGHTS = 0;

  /** Address of the first tile's activations. */
  static final int ACTIVATIONS = 1;

  /** Bytes from tile to tile. */
  static final int TILE_BYTES = 2;

  /** Address of what sums begin with: of the first token, those of both panels' rows. */
  static final int SUMS = 3;

  /** Bytes from one token's to the next one's. */
  static final int SUMS_STRIDE = 4;

  /** Offset in the array, in bytes, of the output of the first token. */
  static final int OUT = 5;

  /** Bytes from one token's output to the next one's. */
  static final int OUT_STRIDE = 6;

  static final int TILES = 7;

  /** Address of memory to be asked for ahead of its use: 64 bytes with each block of each tile. */
  static final int AHEAD = 8;

  static final int COUNT = 9;

  private static final int PANELS = UnpackedPanels.PANELS;
  private static final int QUADS = 8;

  /** Most tokens that a tile has: seven would fit the registers, and were no faster. */
  static final int MOST_TOKENS = 6;

  private final SimdBuilder s;
  private final UnpackedPanels panels;
  private final QuantizedLayout layout;
  private final int tokens;
  private final int places;

  private final Reg weights;
  private final Reg activations;
  private final Reg tile;
  private final Reg from;
  private final Reg fromStride;
  private final Reg to;
  private final Reg toStride;
  private final Reg blocks;
  private final Reg ahead;
  private final Vec[][] sums = new Vec[PANELS][];

  /** For each panel a quad of codes, a scale or a minimum. */
  private final Vec[] factors = new Vec[PANELS];

  /** A number of one token for all rows of both panels. */
  private final Vec shared;

  private UnpackedTileKernel(
      SimdBuilder s, UnpackedPanels panels, QuantizedLayout layout, int tokens, boolean fine) {
    this.s = s;
    this.panels = panels;
    this.layout = layout;
    this.tokens = tokens;
    places = fine ? 2 * tokens : tokens;
    to = s.array(0);
    weights = s.register();
    activations = s.register();
    tile = s.parameter(ACTIVATIONS);
    from = s.parameter(SUMS);
    fromStride = s.parameter(SUMS_STRIDE);
    toStride = s.parameter(OUT_STRIDE);
    blocks = s.register();
    ahead = s.parameter(AHEAD);
    for (int panel = 0; panel < PANELS; panel++) {
      factors[panel] = s.vector();
      sums[panel] = vectors();
    }
    shared = s.vector();
  }

  /** Most tokens that a tile may have: two vectors each for both panels. */
  static int maxTokens(SimdBuilder fresh) {
    return Math.min(MOST_TOKENS, (fresh.freeVectors() - PANELS - 1) / (2 * PANELS));
  }

  /**
   * @param fine whether tokens have two places each, whose sums are one output
   */
  static byte[] generate(
      SimdBuilder s, UnpackedPanels panels, QuantizedLayout layout, int tokens, boolean fine) {
    return new UnpackedTileKernel(s, panels, layout, tokens, fine).kernel();
  }

  private Vec[] vectors() {
    Vec[] vectors = new Vec[tokens];
    Arrays.setAll(vectors, t -> s.vector());
    return vectors;
  }

  private Vec[][] vectorsOfBoth() {
    return new Vec[][] {vectors(), vectors()};
  }

  private byte[] kernel() {
    Reg offset = s.parameter(OUT);
    s.add(to, offset);
    s.release(offset);
    Reg tiles = s.parameter(TILES);
    Label nextTile = new Label();
    Label nextBlock = new Label();
    s.bind(nextTile);
    begin();
    s.bind(nextBlock);
    block();
    s.decrementAndJumpIfNotZero(blocks, nextBlock);
    scaleSuperBlock();
    s.reload(blocks, TILE_BYTES);
    s.add(tile, blocks);
    s.decrementAndJumpIfNotZero(tiles, nextTile);
    return s.finish();
  }

  private void begin() {
    s.copy(weights, to);
    for (int t = 0; t < tokens; t++) {
      s.prefetch(weights, 0);
      s.prefetch(weights, PANELS * s.bytes() - 1);
      s.add(weights, toStride);
    }
    s.reload(weights, WEIGHTS);
    s.copy(activations, tile);
    s.set(blocks, UnpackedPanels.BLOCKS);
    for (Vec[] ofPanel : sums) {
      for (Vec sum : ofPanel) {
        s.zero(sum);
      }
    }
  }

  private void loadSums(Vec[][] destinations) {
    for (int t = 0; t < tokens; t++) {
      for (int panel = 0; panel < PANELS; panel++) {
        s.load(destinations[panel][t], from, s.bytes() * panel);
      }
      s.add(from, fromStride);
    }
  }

  private void store(Vec[][] results) {
    for (int t = 0; t < tokens; t++) {
      for (int panel = 0; panel < PANELS; panel++) {
        s.store(to, s.bytes() * panel, results[panel][t]);
      }
      s.add(to, toStride);
    }
  }

  /** 32 columns: one scaled group, or two of 16. */
  private void block() {
    s.prefetch(ahead, 0);
    s.add(ahead, 64);
    int quads = QUADS / panels.parts();
    for (int part = 0; part < panels.parts(); part++) {
      Vec[][] dots = vectorsOfBoth();
      startDots(dots, part);
      addProducts(dots, part * quads, quads, 0);
      if (places > tokens) {
        SecondPlaces.begin(s, layout, dots, activations, correction(part, tokens), shared);
        addProducts(dots, part * quads, quads, tokens);
      }
      addScaled(dots, panels.scalesOffset(part));
      for (Vec[] ofPanel : dots) {
        s.release(ofPanel);
      }
    }
    s.add(weights, panels.blockBytes());
    s.add(activations, layout.blockBytes(places));
  }

  private void startDots(Vec[][] dots, int part) {
    for (int t = 0; t < tokens; t++) {
      if (layout.offset() == 0) {
        s.zero(dots[0][t]);
        s.zero(dots[1][t]);
      } else {
        s.broadcast(dots[0][t], activations, correction(part, t));
        s.copy(dots[1][t], dots[0][t]);
      }
    }
  }

  private int correction(int part, int place) {
    return layout.correctionsOffset(places) + 4 * (part * places + place);
  }

  /** {@code dots[t] += } quads of codes times activations of a place. */
  private void addProducts(Vec[][] dots, int firstQuad, int quads, int firstPlace) {
    for (int quad = firstQuad; quad < firstQuad + quads; quad++) {
      loadFactors(s.bytes() * quad);
      for (int t = 0; t < tokens; t++) {
        s.broadcast(shared, activations, CodePanels.BLOCK * (firstPlace + t) + 4 * quad);
        for (int panel = 0; panel < PANELS; panel++) {
          s.dot(dots[panel][t], factors[panel], shared);
        }
      }
    }
  }

  private void loadFactors(int offsetBytes) {
    for (int panel = 0; panel < PANELS; panel++) {
      s.load(factors[panel], weights, panels.panelBytes() * panel + offsetBytes);
    }
  }

  /** {@code sums[t] += dots[t] * } the scales at an offset of the weights. */
  private void addScaled(Vec[][] dots, int offsetBytes) {
    loadFactors(offsetBytes);
    for (int t = 0; t < tokens; t++) {
      for (int panel = 0; panel < PANELS; panel++) {
        Vec dot = dots[panel][t];
        s.intToFloat(dot, dot);
        s.fma(sums[panel][t], dot, factors[panel]);
      }
    }
  }

  /**
   * {@code sums[t] += minima * activation sums}, in integers but for the minima's scale. A sum's
   * bytes come one after the other, those of the second places last.
   */
  private void addMins() {
    Vec[][] dots = vectorsOfBoth();
    for (Vec[] ofPanel : dots) {
      for (Vec dot : ofPanel) {
        s.zero(dot);
      }
    }
    addSumBytes(dots, 0, 0);
    shiftLeft(dots, QuantizedLayout.SUM_BITS);
    addSumBytes(dots, 0, 1);
    if (places > tokens) {
      shiftLeft(dots, QuantizedLayout.REST_BITS - QuantizedLayout.SUM_BITS);
      addSumBytes(dots, tokens, 0);
      shiftLeft(dots, QuantizedLayout.SUM_BITS);
      addSumBytes(dots, tokens, 1);
    }
    addScaled(dots, panels.minScaleOffset());
    for (Vec[] ofPanel : dots) {
      s.release(ofPanel);
    }
  }

  /** {@code dots[t] += } minima times the first or second bytes of the sums of a place. */
  private void addSumBytes(Vec[][] dots, int firstPlace, int which) {
    for (int quad = 0; quad < panels.minQuads(); quad++) {
      loadFactors(s.bytes() * quad);
      for (int t = 0; t < tokens; t++) {
        s.broadcast(shared, activations, 4 * (places * (1 + 2 * quad + which) + firstPlace + t));
        for (int panel = 0; panel < PANELS; panel++) {
          s.dot(dots[panel][t], factors[panel], shared);
        }
      }
    }
  }

  private void shiftLeft(Vec[][] dots, int bits) {
    for (Vec[] ofPanel : dots) {
      for (Vec dot : ofPanel) {
        s.shiftLeft32(dot, dot, bits);
      }
    }
  }

  /** {@code out[t] = sums[t] * activation scale}, and what was there before. */
  private void scaleSuperBlock() {
    if (panels.mins()) {
      addMins();
    }
    Vec[][] totals = vectorsOfBoth();
    loadSums(totals);
    for (int t = 0; t < tokens; t++) {
      // The sums of fine tokens are in units of the second places' scale.
      s.broadcast(shared, activations, 4 * (places - tokens + t));
      for (int panel = 0; panel < PANELS; panel++) {
        s.fma(totals[panel][t], sums[panel][t], shared);
      }
    }
    store(totals);
    for (Vec[] ofPanel : totals) {
      s.release(ofPanel);
    }
  }
}
