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
import java.util.List;
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

  /**
   * Panels of a piece where there are several tiles: each tile of activations is brought into the
   * first-level cache once for all of them.
   */
  private static final int PANELS_PER_TILE = 4;

  /** Weight bytes of a piece of work: some 20 microseconds of memory reads. */
  private static final long PIECE_BYTES = 256 << 10;

  private final InstructionSet level;
  private final WorkerTeam team;
  private final int maxTokens;
  private final int maxColumns;
  private final Map<TensorType, TileKernels> kernels = new EnumMap<>(TensorType.class);
  private final Map<Tiling, Activations> activationsByTiling = new HashMap<>();
  private final Worker[] workers;
  private final Arena arena = Arena.ofShared();

  private float[] x = new float[0];
  private int tokens;
  private int columns;
  private long inputs;

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
   * Makes {@code x} the input of the products that follow. It is brought into eight bits once, by
   * the first product that wants it so, and is not to change before the last one is done.
   *
   * @param x (tokens, columns), row after row
   */
  public void input(float[] x, int tokens, int columns) {
    if (tokens < 1
        || tokens > maxTokens
        || columns > maxColumns
        || x.length < (long) tokens * columns) {
      throw new IllegalArgumentException(
          "(%d, %d) as input, of %d values, where the most is (%d, %d)"
              .formatted(tokens, columns, x.length, maxTokens, maxColumns));
    }
    this.x = x;
    this.tokens = tokens;
    this.columns = columns;
    inputs++;
  }

  /** Tokens of the last input. */
  public int tokens() {
    return tokens;
  }

  /**
   * Computes {@code W @ x} for several matrices at once, so that the team meets only once.
   *
   * @param outs for each matrix (tokens, rows), row after row; overwritten
   */
  public void multiply(List<PackedMatrix> matrices, List<float[]> outs) {
    Product[] products = new Product[matrices.size()];
    int[] ends = new int[products.length];
    int pieces = 0;
    for (int i = 0; i < products.length; i++) {
      products[i] = product(matrices.get(i), outs.get(i));
      pieces += products[i].pieces();
      ends[i] = pieces;
    }
    team.run(
        pieces,
        (piece, worker) -> {
          int i = 0;
          while (piece >= ends[i]) {
            i++;
          }
          products[i].run(piece - (i == 0 ? 0 : ends[i - 1]), workers[worker]);
        });
  }

  private Product product(PackedMatrix w, float[] out) {
    if (w.columns() != columns || out.length < (long) tokens * w.rows()) {
      throw new IllegalArgumentException(
          "(%d, %d) @ (%d, %d) into %d values"
              .formatted(w.rows(), w.columns(), tokens, columns, out.length));
    }
    TileKernels kernel =
        kernels.computeIfAbsent(w.format().type(), _ -> new TileKernels(w.format(), level));
    Activations activations =
        activationsByTiling.computeIfAbsent(
            new Tiling(kernel.layout(), kernel.maxTokens()),
            tiling -> new Activations(tiling.layout().newTokens(level, maxTokens, maxColumns)));
    TokenTiles tiles = TokenTiles.of(tokens, kernel.maxTokens());
    activations.fill(tiles);
    return Product.of(w, kernel, activations.memory, tiles, MemorySegment.ofArray(out));
  }

  /** What kernels must have in common to read the same activations. */
  private record Tiling(TokenLayout layout, int maxTile) {}

  /** The input as one kind of kernel reads it. */
  private final class Activations {
    private final TileTokens memory;
    private long filledFor;

    Activations(TileTokens memory) {
      this.memory = memory;
    }

    void fill(TokenTiles tiles) {
      if (filledFor != inputs) {
        team.run(
            tiles.tiles(),
            (tile, worker) -> memory.fill(x, columns, tiles, tile, workers[worker].parameters));
        filledFor = inputs;
      }
    }
  }

  /** One matrix' product, cut into pieces: runs of panels times runs of tiles. */
  private record Product(
      PackedMatrix w,
      TileKernels kernel,
      TileTokens activations,
      TokenTiles tiles,
      MemorySegment out,
      int panelsPerPiece,
      int tilesPerRun) {

    static Product of(
        PackedMatrix w,
        TileKernels kernel,
        TileTokens activations,
        TokenTiles tiles,
        MemorySegment out) {
      int fewest = tiles.tiles() == 1 ? 1 : PANELS_PER_TILE;
      int panels = Math.clamp(PIECE_BYTES / w.panelBytes() / tiles.tiles(), fewest, 64);
      long tileBytes = kernel.layout().tileBytes(tiles.size(0), w.columns());
      int tilesPerRun = (int) Math.max(1, CACHED_ACTIVATION_BYTES / tileBytes);
      return new Product(w, kernel, activations, tiles, out, panels, tilesPerRun);
    }

    private int panelRuns() {
      return Math.ceilDiv(w.panelCount(), panelsPerPiece);
    }

    int pieces() {
      return panelRuns() * Math.ceilDiv(tiles.tiles(), tilesPerRun);
    }

    void run(int piece, Worker worker) {
      int firstTile = piece / panelRuns() * tilesPerRun;
      int endTile = Math.min(tiles.tiles(), firstTile + tilesPerRun);
      int firstPanel = piece % panelRuns() * panelsPerPiece;
      int endPanel = Math.min(w.panelCount(), firstPanel + panelsPerPiece);
      worker.run(this, firstTile, endTile, firstPanel, endPanel);
    }
  }

  @Override
  public void close() {
    kernels.values().forEach(TileKernels::close);
    activationsByTiling.values().forEach(activations -> activations.memory.close());
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
