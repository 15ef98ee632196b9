package dev.flyball.kernels.matmul;

import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.code.NativeCode;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/**
 * Products of packed matrices with tokens by generated kernels: {@code W (rows, columns) @ x
 * (tokens, columns) -> out (tokens, rows)}, activations in eight bits.
 *
 * <p>Holds kernels, activations and scratch; used by one thread at a time, which calls in the team.
 */
public final class PackedProduct implements AutoCloseable {
  /** Bytes of activations that stay in a core's second-level cache while panels stream past. */
  private static final long CACHED_ACTIVATION_BYTES = 512 << 10;

  /** Weight bytes of a piece of work: some 20 microseconds of memory reads. */
  private static final long PIECE_BYTES = 256 << 10;

  private final InstructionSet level;
  private final WorkerTeam team;
  private final int maxTokens;
  private final int maxColumns;
  private final Map<TensorType, TileKernels> kernels = new EnumMap<>(TensorType.class);
  private final Map<TokenLayout, TileTokens> tokensByLayout = new HashMap<>();
  private final Worker[] workers;
  private final Arena arena = Arena.ofShared();

  public PackedProduct(InstructionSet level, WorkerTeam team, int maxTokens, int maxColumns) {
    this.level = level;
    this.team = team;
    this.maxTokens = maxTokens;
    this.maxColumns = maxColumns;
    workers = new Worker[team.size()];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(arena);
    }
  }

  /**
   * Computes {@code W @ x}.
   *
   * @param x (tokens, columns), row after row
   * @param out (tokens, rows), row after row; overwritten
   */
  public void multiply(PackedMatrix w, float[] x, int tokens, float[] out) {
    if (tokens < 1
        || tokens > maxTokens
        || w.columns() > maxColumns
        || x.length < (long) tokens * w.columns()
        || out.length < (long) tokens * w.rows()) {
      throw new IllegalArgumentException(
          "(%d, %d) @ (%d, %d) into %d values"
              .formatted(w.rows(), w.columns(), tokens, w.columns(), out.length));
    }
    TileKernels kernel =
        kernels.computeIfAbsent(w.format().type(), _ -> new TileKernels(w.format(), level));
    TileTokens activations =
        tokensByLayout.computeIfAbsent(
            kernel.layout(), layout -> layout.newTokens(maxTokens, maxColumns));
    TokenTiles tiles = TokenTiles.of(tokens, kernel.maxTokens());
    team.run(tiles.tiles(), (tile, _) -> activations.fill(x, w.columns(), tiles, tile));
    multiply(new Product(w, kernel, activations, tiles, MemorySegment.ofArray(out)));
  }

  /** Everything that the pieces of one product share. */
  private record Product(
      PackedMatrix w,
      TileKernels kernel,
      TileTokens activations,
      TokenTiles tiles,
      MemorySegment out) {}

  private void multiply(Product product) {
    PackedMatrix w = product.w();
    int panelsPerPiece = Math.clamp(PIECE_BYTES / w.panelBytes() / product.tiles().tiles(), 1, 64);
    int pieces = Math.ceilDiv(w.panelCount(), panelsPerPiece);
    long tileBytes = product.kernel().layout().tileBytes(product.tiles().size(0), w.columns());
    int tilesPerRun = (int) Math.max(1, CACHED_ACTIVATION_BYTES / tileBytes);
    int runs = Math.ceilDiv(product.tiles().tiles(), tilesPerRun);
    team.run(
        pieces * runs,
        (piece, worker) -> {
          int firstTile = piece / pieces * tilesPerRun;
          int endTile = Math.min(product.tiles().tiles(), firstTile + tilesPerRun);
          int firstPanel = piece % pieces * panelsPerPiece;
          int endPanel = Math.min(w.panelCount(), firstPanel + panelsPerPiece);
          workers[worker].run(product, firstTile, endTile, firstPanel, endPanel);
        });
  }

  @Override
  public void close() {
    kernels.values().forEach(TileKernels::close);
    tokensByLayout.values().forEach(TileTokens::close);
    arena.close();
  }

  /**
   * The parameter block of one worker, and where the rows of a panel that reaches beyond the matrix
   * go.
   */
  private static final class Worker {
    private final MemorySegment parameters;
    private final float[] raggedRows = new float[Panels.ROWS * 16];

    Worker(Arena arena) {
      parameters = arena.allocate(8L * TileParameters.COUNT, 64);
    }

    void run(Product product, int firstTile, int endTile, int firstPanel, int endPanel) {
      PackedMatrix w = product.w();
      boolean ragged = endPanel * Panels.ROWS > w.rows();
      int endWhole = ragged ? endPanel - 1 : endPanel;
      for (int tile = firstTile; tile < endTile; tile++) {
        if (endWhole > firstPanel) {
          long out =
              4L
                  * ((long) product.tiles().first(tile) * w.rows()
                      + (long) firstPanel * Panels.ROWS);
          call(product, tile, firstPanel, endWhole - firstPanel, product.out(), out, 4L * w.rows());
        }
        if (ragged) {
          call(product, tile, endWhole, 1, MemorySegment.ofArray(raggedRows), 0, 4L * Panels.ROWS);
          copyRagged(product, tile, endWhole * Panels.ROWS);
        }
      }
    }

    private void call(
        Product product,
        int tile,
        int panel,
        int panels,
        MemorySegment out,
        long outOffset,
        long stride) {
      PackedMatrix w = product.w();
      set(TileParameters.WEIGHTS, w.panelAddress(panel));
      set(
          TileParameters.ACTIVATIONS,
          product.activations().tileAddress(product.tiles(), tile, w.columns()));
      set(TileParameters.OUT, outOffset);
      set(TileParameters.OUT_STRIDE, stride);
      set(TileParameters.ROUNDS, w.format().rounds(w.columns()));
      set(TileParameters.PANELS, panels);
      set(TileParameters.PANEL_BYTES, w.panelBytes());
      set(TileParameters.TABLE, product.kernel().tableAddress());
      NativeCode.call(
          product.kernel().kernel(product.tiles().size(tile)), parameters.address(), out);
    }

    private void copyRagged(Product product, int tile, int firstRow) {
      int rows = product.w().rows();
      int first = product.tiles().first(tile);
      for (int t = 0; t < product.tiles().size(tile); t++) {
        MemorySegment.copy(
            raggedRows,
            t * Panels.ROWS,
            product.out(),
            ValueLayout.JAVA_FLOAT,
            4L * ((long) (first + t) * rows + firstRow),
            rows - firstRow);
      }
    }

    private void set(int parameter, long value) {
      parameters.setAtIndex(ValueLayout.JAVA_LONG, parameter, value);
    }
  }
}
