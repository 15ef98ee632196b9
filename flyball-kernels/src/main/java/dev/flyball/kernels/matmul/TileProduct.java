package dev.flyball.kernels.matmul;

import dev.flyball.kernels.code.NativeCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One matrix' product with a batch of tokens, cut into pieces: runs of panels times runs of tiles.
 */
final class TileProduct extends BatchProduct {
  /** Bytes of activations that stay in a core's second-level cache while panels stream past. */
  private static final long CACHED_ACTIVATION_BYTES = 768 << 10;

  /**
   * Most panels of a piece where there are several tiles: each tile of activations is brought into
   * the first-level cache once for all of them.
   */
  private static final int PANELS_PER_TILE = 8;

  /** Weight bytes of a piece of work: some 20 microseconds of memory reads. */
  private static final long PIECE_BYTES = 256 << 10;

  private TileKernels kernels;
  private boolean pairs;
  private int panelsPerPiece;
  private int tilesPerRun;

  /** What a kernel asks for ahead while it computes one pair of panels. */
  private long bytesAheadOfPair;

  TileProduct(PackedMatrix w, TileKernels kernels, BatchInput input, int group, float[] out) {
    super(w, input, group, out);
    cut(kernels);
  }

  /** As if it were made with these. */
  void set(PackedMatrix w, TileKernels kernels, BatchInput input, int group, float[] out) {
    set(w, input, group, out);
    cut(kernels);
  }

  private void cut(TileKernels kernels) {
    this.kernels = kernels;
    pairs = kernels.tiling(fine).pairs(tiles);
    int fewest = tiles.tiles() == 1 ? 1 : panelsPerTile();
    panelsPerPiece = Math.clamp(PIECE_BYTES / w.panelBytes() / tiles.tiles(), fewest, 64);
    int places = fine ? 2 * tiles.size(0) : tiles.size(0);
    long tileBytes = kernels.layout().tileBytes(places, w.columns());
    bytesAheadOfPair = kernels.bytesAheadOfPair(w.columns());
    tilesPerRun = tiles.perRun((int) Math.max(1, CACHED_ACTIVATION_BYTES / tileBytes));
  }

  /** Pairs of panels: fewer of long rows, as two pieces' weights are in a core's cache. */
  private int panelsPerTile() {
    long pairs = Math.ceilDiv(PIECE_BYTES, 2 * w.panelBytes());
    return (int) Math.min(2 * pairs, PANELS_PER_TILE);
  }

  private int panelRuns() {
    return Math.ceilDiv(w.panelCount(), panelsPerPiece);
  }

  @Override
  int pieces() {
    return panelRuns() * Math.ceilDiv(tiles.tiles(), tilesPerRun);
  }

  @Override
  void run(int piece, int team, Worker worker) {
    int firstTile = piece / panelRuns() * tilesPerRun;
    int endTile = Math.min(tiles.tiles(), firstTile + tilesPerRun);
    int firstPanel = piece % panelRuns() * panelsPerPiece;
    int endPanel = Math.min(w.panelCount(), firstPanel + panelsPerPiece);
    boolean ragged = endPanel * Panels.ROWS > w.rows();
    int endWhole = ragged ? endPanel - 1 : endPanel;
    worker.ahead.set(w, firstPanel + panelsPerPiece * team, panelsPerPiece);
    for (int tile = firstTile; tile < endTile; tile++) {
      int panel = firstPanel;
      if (pairs && endWhole - panel > 1) {
        int count = (endWhole - panel) / 2;
        worker.set(TileParameters.AHEAD, worker.ahead.take(count * bytesAheadOfPair));
        MemorySegment kernel = kernels.pairKernel(tiles.size(tile), fine);
        call(kernel, tile, panel, count, worker, out, offset(tile, panel), 4L * w.rows());
        panel += 2 * count;
      }
      MemorySegment kernel = kernels.kernel(tiles.size(tile), fine);
      if (panel < endWhole) {
        int count = endWhole - panel;
        call(kernel, tile, panel, count, worker, out, offset(tile, panel), 4L * w.rows());
      }
      if (ragged) {
        call(kernel, tile, endWhole, 1, worker, worker.raggedRows, 0, 4L * Panels.ROWS);
        copyRagged(tile, endWhole * Panels.ROWS, worker);
      }
    }
  }

  /** Where in the output the first row of a panel is, of the first token of a tile, in bytes. */
  private long offset(int tile, int panel) {
    return 4 * ((long) first(tile) * w.rows() + (long) panel * Panels.ROWS);
  }

  /**
   * @param panels how many, or how many pairs
   */
  private void call(
      MemorySegment kernel,
      int tile,
      int panel,
      int panels,
      Worker worker,
      float[] to,
      long toOffset,
      long stride) {
    worker.set(TileParameters.WEIGHTS, w.panelAddress(panel));
    worker.set(TileParameters.ACTIVATIONS, activations.tileAddress(first(tile), w.columns()));
    worker.set(TileParameters.OUT, toOffset);
    worker.set(TileParameters.OUT_STRIDE, stride);
    worker.set(TileParameters.ROUNDS, w.format().rounds(w.columns()));
    worker.set(TileParameters.PANELS, panels);
    worker.set(TileParameters.PANEL_BYTES, w.panelBytes());
    worker.set(TileParameters.TABLE, kernels.tableAddress());
    NativeCode.call(kernel, worker.parameters.address(), to);
  }

  private void copyRagged(int tile, int firstRow, Worker worker) {
    int rows = w.rows();
    for (int t = 0; t < tiles.size(tile); t++) {
      int to = (first(tile) + t) * rows + firstRow;
      System.arraycopy(worker.raggedRows, t * Panels.ROWS, out, to, rows - firstRow);
    }
  }

  /**
   * What one worker calls kernels with: their parameters, and room for the rows of a panel that
   * reaches beyond the matrix.
   */
  static final class Worker {
    private final MemorySegment parameters;
    private final float[] raggedRows = new float[Panels.ROWS * 16];
    private final LookAhead ahead = new LookAhead();
    private final UnpackedProduct.Scratch unpacked;

    Worker(Arena arena) {
      parameters = arena.allocate(8L * Math.max(TileParameters.COUNT, QuantizeKernel.COUNT), 64);
      unpacked = new UnpackedProduct.Scratch(arena);
    }

    UnpackedProduct.Scratch unpacked() {
      return unpacked;
    }

    /** Room for a kernel's parameters. */
    MemorySegment parameters() {
      return parameters;
    }

    private void set(int parameter, long value) {
      parameters.setAtIndex(ValueLayout.JAVA_LONG, parameter, value);
    }
  }
}
