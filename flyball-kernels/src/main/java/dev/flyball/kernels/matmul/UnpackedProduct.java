package dev.flyball.kernels.matmul;

import dev.flyball.kernels.code.NativeCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One matrix' product with a large batch of tokens. A piece is two panels times a run of tiles: a
 * super-block at a time is unpacked to memory of the worker, where it stays in the first-level
 * cache while all tiles of the run meet it; sums wait in the second-level cache for the next one.
 */
final class UnpackedProduct extends BatchProduct {
  /** Most tokens of a piece: 256, and what their last tile could have besides. */
  private static final int MOST_TOKENS = 256 + UnpackedTileKernel.MOST_TOKENS - 1;

  private static final int PAIR_ROWS = UnpackedPanels.PANELS * Panels.ROWS;
  private static final long TOKEN_BYTES = 4L * PAIR_ROWS;

  private UnpackedKernels kernels;
  private int tilesPerRun;

  UnpackedProduct(
      PackedMatrix w, UnpackedKernels kernels, BatchInput input, int group, float[] out) {
    super(w, input, group, out);
    cut(kernels);
  }

  /** As if it were made with these. */
  void set(PackedMatrix w, UnpackedKernels kernels, BatchInput input, int group, float[] out) {
    set(w, input, group, out);
    cut(kernels);
  }

  private void cut(UnpackedKernels kernels) {
    this.kernels = kernels;
    tilesPerRun = tiles.perRun(MOST_TOKENS / tiles.size(0));
  }

  private int pairs() {
    return Math.ceilDiv(w.panelCount(), UnpackedPanels.PANELS);
  }

  @Override
  int pieces() {
    return pairs() * Math.ceilDiv(tiles.tiles(), tilesPerRun);
  }

  @Override
  void run(int piece, int team, TileProduct.Worker worker) {
    Scratch scratch = worker.unpacked();
    int pair = piece % pairs();
    int firstTile = piece / pairs() * tilesPerRun;
    int endTile = Math.min(tiles.tiles(), firstTile + tilesPerRun);
    scratch.ahead.set(w, UnpackedPanels.PANELS * (pair + team), UnpackedPanels.PANELS);
    // Tiles are larger by one token up to here.
    int endLarger = Math.clamp(tiles.tokens() % tiles.tiles(), firstTile, endTile);
    int superBlocks = w.columns() / QuantizedLayout.SUPER_COLUMNS;
    for (int superBlock = 0; superBlock < superBlocks; superBlock++) {
      unpack(pair, superBlock, scratch);
      multiply(pair, superBlock, firstTile, firstTile, endLarger, scratch);
      multiply(pair, superBlock, firstTile, endLarger, endTile, scratch);
    }
    if (ragged(pair)) {
      copyRagged(pair, firstTile, endTile, scratch);
    }
  }

  private boolean ragged(int pair) {
    return (pair + 1) * PAIR_ROWS > w.rows();
  }

  private void unpack(int pair, int superBlock, Scratch scratch) {
    CodePanels format = kernels.format();
    for (int i = 0; i < UnpackedPanels.PANELS; i++) {
      // The last pair may have one panel only, which then stands in for the other, too.
      int panel = Math.min(UnpackedPanels.PANELS * pair + i, w.panelCount() - 1);
      long packed = w.panelAddress(panel) + (long) superBlock * format.superBytes();
      long to = scratch.panels.address() + (long) i * kernels.panels().panelBytes();
      scratch.set(UnpackKernel.PACKED, packed);
      scratch.set(UnpackKernel.UNPACKED, to);
      scratch.set(UnpackKernel.TABLE, kernels.tableAddress());
      NativeCode.call(kernels.unpack(), scratch.parameters.address());
    }
  }

  /** All tiles from {@code tile} to {@code endTile} are of one size. */
  private void multiply(
      int pair, int superBlock, int firstTile, int tile, int endTile, Scratch scratch) {
    if (tile == endTile) {
      return;
    }
    int size = tiles.size(tile);
    int places = fine ? 2 * size : size;
    QuantizedLayout layout = kernels.layout();
    int first = first(tile);
    long begun = (tiles.first(tile) - tiles.first(firstTile)) * TOKEN_BYTES;
    scratch.set(UnpackedTileKernel.WEIGHTS, scratch.panels.address());
    scratch.set(
        UnpackedTileKernel.ACTIVATIONS,
        activations.tileAddress(first, w.columns())
            + layout.tileBytes(places, QuantizedLayout.SUPER_COLUMNS * superBlock));
    scratch.set(UnpackedTileKernel.TILE_BYTES, layout.tileBytes(places, w.columns()));
    scratch.set(
        UnpackedTileKernel.SUMS,
        superBlock == 0 ? scratch.zeros.address() : scratch.sums.address() + begun);
    scratch.set(UnpackedTileKernel.SUMS_STRIDE, superBlock == 0 ? 0 : TOKEN_BYTES);
    scratch.set(UnpackedTileKernel.TILES, endTile - tile);
    scratch.set(
        UnpackedTileKernel.AHEAD,
        scratch.ahead.take(64L * UnpackedPanels.BLOCKS * (endTile - tile)));
    MemorySegment kernel = kernels.kernel(size, fine);
    if (QuantizedLayout.SUPER_COLUMNS * (superBlock + 1) < w.columns() || ragged(pair)) {
      scratch.set(UnpackedTileKernel.OUT, scratch.sums.address() + begun);
      scratch.set(UnpackedTileKernel.OUT_STRIDE, TOKEN_BYTES);
      NativeCode.call(kernel, scratch.parameters.address());
    } else {
      scratch.set(UnpackedTileKernel.OUT, 4 * ((long) first * w.rows() + (long) pair * PAIR_ROWS));
      scratch.set(UnpackedTileKernel.OUT_STRIDE, 4L * w.rows());
      NativeCode.call(kernel, scratch.parameters.address(), out);
    }
  }

  private void copyRagged(int pair, int firstTile, int endTile, Scratch scratch) {
    int row = pair * PAIR_ROWS;
    int firstOfRun = tiles.first(firstTile);
    int endOfRun = tiles.first(endTile - 1) + tiles.size(endTile - 1);
    for (int t = firstOfRun; t < endOfRun; t++) {
      MemorySegment.copy(
          scratch.sums,
          ValueLayout.JAVA_FLOAT,
          (t - firstOfRun) * TOKEN_BYTES,
          out,
          (firstToken + t) * w.rows() + row,
          w.rows() - row);
    }
  }

  /** What one worker calls kernels with. */
  static final class Scratch {
    private final MemorySegment parameters;
    private final MemorySegment panels;
    private final MemorySegment sums;
    private final MemorySegment zeros;
    private final LookAhead ahead = new LookAhead();

    Scratch(Arena arena) {
      UnpackedPanels largest = new UnpackedPanels(2, true);
      parameters = arena.allocate(8L * UnpackedTileKernel.COUNT, 64);
      panels = arena.allocate(largest.superBytes(), 64);
      sums = arena.allocate(MOST_TOKENS * TOKEN_BYTES, 64);
      zeros = arena.allocate(TOKEN_BYTES, 64);
    }

    private void set(int parameter, long value) {
      parameters.setAtIndex(ValueLayout.JAVA_LONG, parameter, value);
    }
  }
}
