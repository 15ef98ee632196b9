package dev.flyball.kernels.matmul;

import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Products of packed matrices with tokens by generated kernels: {@code W (rows, columns) @ x
 * (tokens, columns) -> out (tokens, rows)}, activations in eight bits.
 *
 * <p>Holds kernels, activations and scratch; used by one thread at a time, which calls in the team.
 */
public final class PackedProduct implements AutoCloseable {
  private static final InputFinish AS_IT_IS = (_, _, _, _) -> {};

  /** Values of a piece of the input where tiles are few or small: a few microseconds. */
  private static final int FILLED_VALUES = 8192;

  /**
   * Tiles for each worker from which on no tile of the input is cut: rows are read from their
   * beginning to their end, as memory likes it best.
   */
  private static final int TILES_PER_WORKER = 4;

  /** Columns come in multiples of this: those of the largest super-block. */
  private static final int COLUMN_UNIT = 256;

  private final InstructionSet level;
  private final WorkerTeam team;
  private final int maxTokens;
  private final int maxColumns;
  private final Map<TensorType, TileKernels> kernels = new EnumMap<>(TensorType.class);
  private final Map<Tiling, Activations> activationsByTiling = new HashMap<>();
  private final TileProduct.Worker[] workers;
  private final Arena arena = Arena.ofShared();

  /** Tokens for each group from which on weights are unpacked once for all of its tiles. */
  private static final int UNPACKED_TOKENS = 64;

  /** The products of a call, and behind each the pieces up to its end. */
  private final List<BatchProduct> products = new ArrayList<>();

  // Those of earlier calls, kept for the next one.
  private final List<TileProduct> tileProducts = new ArrayList<>();
  private final List<UnpackedProduct> unpackedProducts = new ArrayList<>();
  private int usedTileProducts;
  private int usedUnpackedProducts;

  private int[] ends = new int[4];

  /** Products of the call under way. */
  private int prepared;

  private final WorkerTeam.Piece runPiece = this::runPiece;
  private float[] x = new float[0];
  private InputFinish finish = AS_IT_IS;
  private final RowGroups whole = new RowGroups();
  private RowGroups groups = whole;
  private int columns;
  private long inputs;
  private boolean finished;

  public PackedProduct(InstructionSet level, WorkerTeam team, int maxTokens, int maxColumns) {
    this.level = level;
    this.team = team;
    this.maxTokens = maxTokens;
    this.maxColumns = maxColumns;
    workers = new TileProduct.Worker[team.size()];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new TileProduct.Worker(arena);
    }
  }

  /**
   * Makes {@code x} the input of the products that follow. It is brought into eight bits once, by
   * the first product that wants it so, and is not to change before the last one is done.
   *
   * @param x (tokens, columns), row after row
   */
  public void input(float[] x, int tokens, int columns) {
    input(x, tokens, columns, AS_IT_IS);
  }

  /**
   * As {@link #input(float[], int, int)}, for an input that is still to be finished. That saves a
   * meeting of the team, and values are in the cache when they are read.
   *
   * @param finish called by the first product, for each value once
   */
  public void input(float[] x, int tokens, int columns, InputFinish finish) {
    if (whole.size() != tokens) {
      whole.setWhole(tokens);
    }
    input(x, whole, columns, finish);
  }

  /**
   * As {@link #input(float[], int, int)}, for groups of rows that meet matrices of their own: see
   * {@link #multiplyGroups}. Rows are taken from where they are when they are brought into eight
   * bits.
   *
   * @param x (rows, columns)
   * @param groups at most as many rows as this product takes tokens; not to change before the last
   *     product is done
   */
  public void input(float[] x, RowGroups groups, int columns) {
    input(x, groups, columns, AS_IT_IS);
  }

  /**
   * As {@link #input(float[], RowGroups, int)}, for an input that is still to be finished.
   *
   * @param finish called for each row of each group: no row may be in several
   */
  public void input(float[] x, RowGroups groups, int columns, InputFinish finish) {
    if (groups.size() < 1
        || groups.size() > maxTokens
        || columns > maxColumns
        || x.length < (groups.largestRow() + 1L) * columns) {
      throw new IllegalArgumentException(
          "(%d, %d) as input, up to row %d of %d values, where the most is (%d, %d)"
              .formatted(
                  groups.size(), columns, groups.largestRow(), x.length, maxTokens, maxColumns));
    }
    this.x = x;
    this.finish = finish;
    this.groups = groups;
    this.columns = columns;
    inputs++;
    finished = false;
  }

  /** Tokens of the last input, in all its groups. */
  public int tokens() {
    return groups.size();
  }

  /**
   * Computes {@code W @ x} for several matrices at once, so that the team meets only once.
   *
   * @param outs for each matrix (tokens, rows), row after row; overwritten
   */
  public void multiply(List<PackedMatrix> matrices, List<float[]> outs) {
    multiply(matrices, outs, false);
  }

  /**
   * As {@link #multiply}, but where activations are rounded to eight bits, what rounding leaves is
   * rounded in turn and multiplied too: about sixteen bits, for twice the arithmetic and one
   * reading of the weights.
   */
  public void multiplyFinely(List<PackedMatrix> matrices, List<float[]> outs) {
    multiply(matrices, outs, true);
  }

  /**
   * Computes {@code W @ x} for each group with matrices of its own, all at once.
   *
   * @param matrices for each of {@code outs} one for each group: those of the first one come first
   * @param outs (rows of all groups, rows of a matrix); overwritten
   */
  public void multiplyGroups(List<PackedMatrix> matrices, List<float[]> outs) {
    if (matrices.size() != groups.groups() * outs.size()) {
      throw new IllegalArgumentException(
          "%d matrices for %d groups and %d results"
              .formatted(matrices.size(), groups.groups(), outs.size()));
    }
    multiply(matrices, outs, false);
  }

  private void multiply(List<PackedMatrix> matrices, List<float[]> outs, boolean fine) {
    if (ends.length < matrices.size()) {
      ends = new int[matrices.size()];
    }
    int pieces = 0;
    products.clear();
    usedTileProducts = 0;
    usedUnpackedProducts = 0;
    for (int i = 0; i < matrices.size(); i++) {
      int group = i % groups.groups();
      float[] out = outs.get(i / groups.groups());
      products.add(prepare(matrices.get(i), group, out, fine));
      pieces += products.get(i).pieces();
      ends[i] = pieces;
    }
    prepared = matrices.size();
    team.run(pieces, runPiece);
  }

  private void runPiece(int piece, int worker) {
    int i = firstEndAfter(piece, ends, prepared);
    products.get(i).run(i == 0 ? piece : piece - ends[i - 1], workers.length, workers[worker]);
  }

  /** Index of the first of {@code count} growing ends that is above {@code piece}. */
  private static int firstEndAfter(int piece, int[] ends, int count) {
    int found = Arrays.binarySearch(ends, 0, count, piece);
    return found < 0 ? -found - 1 : found + 1;
  }

  private BatchProduct prepare(PackedMatrix w, int group, float[] out, boolean fine) {
    if (w.columns() != columns || out.length < (long) tokens() * w.rows()) {
      throw new IllegalArgumentException(
          "(%d, %d) @ (%d, %d) into %d values"
              .formatted(w.rows(), w.columns(), tokens(), columns, out.length));
    }
    TileKernels kernel = kernels(w.format());
    if (tokens() >= UNPACKED_TOKENS * groups.groups()) {
      Optional<UnpackedKernels> unpacked = kernel.unpacked();
      if (unpacked.isPresent()) {
        return unpackedProduct(w, unpacked.get(), group, out, fine);
      }
    }
    return tileProduct(w, kernel, group, out, fine);
  }

  private TileProduct tileProduct(
      PackedMatrix w, TileKernels kernel, int group, float[] out, boolean fine) {
    Activations input = filled(kernel.tiling(fine));
    if (usedTileProducts == tileProducts.size()) {
      tileProducts.add(new TileProduct(w, kernel, input, group, out));
    } else {
      tileProducts.get(usedTileProducts).set(w, kernel, input, group, out);
    }
    return tileProducts.get(usedTileProducts++);
  }

  private UnpackedProduct unpackedProduct(
      PackedMatrix w, UnpackedKernels kernel, int group, float[] out, boolean fine) {
    Activations input = filled(kernel.tiling(fine));
    if (usedUnpackedProducts == unpackedProducts.size()) {
      unpackedProducts.add(new UnpackedProduct(w, kernel, input, group, out));
    } else {
      unpackedProducts.get(usedUnpackedProducts).set(w, kernel, input, group, out);
    }
    return unpackedProducts.get(usedUnpackedProducts++);
  }

  private TileKernels kernels(Panels format) {
    TileKernels known = kernels.get(format.type());
    if (known == null) {
      known = new TileKernels(format, level);
      kernels.put(format.type(), known);
    }
    return known;
  }

  /** The input in a tiling, brought into it now where it was not yet. */
  private Activations filled(Tiling tiling) {
    Activations known = activationsByTiling.get(tiling);
    if (known == null) {
      TileTokens memory = tiling.layout().newTokens(level, tiling.fine(), maxTokens, maxColumns);
      known = new Activations(memory, tiling);
      activationsByTiling.put(tiling, known);
    }
    known.fill();
    return known;
  }

  /** The input as one kind of kernel reads it. */
  private final class Activations implements BatchInput {
    private final Tiling tiling;
    private final TileTokens memory;
    private final WorkerTeam.Piece fillPiece = this::fillPiece;
    private final WorkerTeam.Piece finishRow =
        (place, worker) -> finish.finish(groups.row(place), 0, columns, worker);

    /** The tiles of every number of tokens. */
    private final TokenTiles[] tiles = new TokenTiles[maxTokens];

    /** For each group the tiles up to its end. */
    private int[] tileEnds = new int[1];

    private long filledFor;

    /** Columns of a piece: all, but where tiles are large and few. */
    private int pieceColumns;

    private int piecesPerTile;

    /** Tiles of a piece: one, but where tiles are small. */
    private int tilesPerPiece;

    private int tileCount;

    Activations(TileTokens memory, Tiling tiling) {
      this.memory = memory;
      this.tiling = tiling;
      Arrays.setAll(tiles, i -> tiling.tiles(i + 1));
    }

    @Override
    public Tiling tiling() {
      return tiling;
    }

    @Override
    public TileTokens memory() {
      return memory;
    }

    @Override
    public TokenTiles tiles(int group) {
      return tiles[groups.size(group) - 1];
    }

    @Override
    public int firstToken(int group) {
      return groups.first(group);
    }

    void fill() {
      if (filledFor == inputs) {
        return;
      }
      if (tileEnds.length < groups.groups()) {
        tileEnds = new int[groups.groups()];
      }
      tileCount = 0;
      int largest = 1;
      for (int group = 0; group < groups.groups(); group++) {
        tileCount += tiles(group).tiles();
        tileEnds[group] = tileCount;
        largest = Math.max(largest, tiles(group).size(0));
      }
      boolean whole = tileCount >= TILES_PER_WORKER * team.size();
      pieceColumns = whole ? columns : columnsOf(largest);
      if (!finished && !whole && finish.takesWholeRows()) {
        team.run(groups.size(), finishRow);
        finished = true;
      }
      piecesPerTile = Math.ceilDiv(columns, pieceColumns);
      long values = (long) groups.size() * columns;
      tilesPerPiece = Math.clamp(FILLED_VALUES * (long) tileCount / values, 1, tileCount);
      team.run(Math.ceilDiv(tileCount, tilesPerPiece) * piecesPerTile, fillPiece);
      filledFor = inputs;
      finished = true;
    }

    /** Columns of a piece where the largest tile has so many tokens. */
    private int columnsOf(int tokens) {
      int pieces = Math.max(1, tokens * columns / FILLED_VALUES);
      return Math.ceilDiv(Math.ceilDiv(columns, pieces), COLUMN_UNIT) * COLUMN_UNIT;
    }

    private void fillPiece(int piece, int worker) {
      int from = piece % piecesPerTile * pieceColumns;
      int end = Math.min(columns, from + pieceColumns);
      int firstTile = piece / piecesPerTile * tilesPerPiece;
      int endTile = Math.min(tileCount, firstTile + tilesPerPiece);
      for (int tile = firstTile; tile < endTile; tile++) {
        fillTile(tile, from, end, worker);
      }
    }

    /**
     * @param anyTile counted through all groups
     */
    private void fillTile(int anyTile, int from, int end, int worker) {
      int group = firstEndAfter(anyTile, tileEnds, groups.groups());
      int tile = group == 0 ? anyTile : anyTile - tileEnds[group - 1];
      int first = firstToken(group) + tiles(group).first(tile);
      int size = tiles(group).size(tile);
      for (int place = first; !finished && place < first + size; place++) {
        finish.finish(groups.row(place), from, end, worker);
      }
      memory.fill(x, groups, columns, from, end, first, size, workers[worker].parameters());
    }
  }

  @Override
  public void close() {
    kernels.values().forEach(TileKernels::close);
    activationsByTiling.values().forEach(activations -> activations.memory.close());
    arena.close();
  }
}
