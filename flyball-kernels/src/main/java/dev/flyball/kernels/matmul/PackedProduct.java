package dev.flyball.kernels.matmul;

import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.util.ArrayList;
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
  private static final InputFinish AS_IT_IS = (_, _, _, _) -> {};

  /** Values that one piece of the input has: a few microseconds. */
  private static final int FILLED_VALUES = 8192;

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

  /** The products of a call, kept for the next one, and behind each the pieces up to its end. */
  private final List<TileProduct> products = new ArrayList<>();

  private int[] ends = new int[4];
  private final WorkerTeam.Piece runPiece = this::runPiece;
  private float[] x = new float[0];
  private InputFinish finish = AS_IT_IS;
  private int tokens;
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
    if (tokens < 1
        || tokens > maxTokens
        || columns > maxColumns
        || x.length < (long) tokens * columns) {
      throw new IllegalArgumentException(
          "(%d, %d) as input, of %d values, where the most is (%d, %d)"
              .formatted(tokens, columns, x.length, maxTokens, maxColumns));
    }
    this.x = x;
    this.finish = finish;
    this.tokens = tokens;
    this.columns = columns;
    inputs++;
    finished = false;
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

  private void multiply(List<PackedMatrix> matrices, List<float[]> outs, boolean fine) {
    if (ends.length < matrices.size()) {
      ends = new int[matrices.size()];
    }
    int pieces = 0;
    for (int i = 0; i < matrices.size(); i++) {
      pieces += prepare(i, matrices.get(i), outs.get(i), fine).pieces();
      ends[i] = pieces;
    }
    team.run(pieces, runPiece);
  }

  private void runPiece(int piece, int worker) {
    int i = 0;
    while (piece >= ends[i]) {
      i++;
    }
    products.get(i).run(i == 0 ? piece : piece - ends[i - 1], workers[worker]);
  }

  private TileProduct prepare(int index, PackedMatrix w, float[] out, boolean fine) {
    if (w.columns() != columns || out.length < (long) tokens * w.rows()) {
      throw new IllegalArgumentException(
          "(%d, %d) @ (%d, %d) into %d values"
              .formatted(w.rows(), w.columns(), tokens, columns, out.length));
    }
    TileKernels kernel = kernels(w.format());
    Activations activations = activations(kernel, fine && kernel.rounds());
    activations.fill();
    if (index == products.size()) {
      products.add(new TileProduct(w, kernel, fine, activations.memory, activations.tiles, out));
    } else {
      products.get(index).set(w, kernel, fine, activations.memory, activations.tiles, out);
    }
    return products.get(index);
  }

  private TileKernels kernels(Panels format) {
    TileKernels known = kernels.get(format.type());
    if (known == null) {
      known = new TileKernels(format, level);
      kernels.put(format.type(), known);
    }
    return known;
  }

  private Activations activations(TileKernels kernel, boolean fine) {
    Tiling tiling = kernel.tiling(fine);
    Activations known = activationsByTiling.get(tiling);
    if (known == null) {
      TileTokens memory = tiling.layout().newTokens(level, fine, maxTokens, maxColumns);
      known = new Activations(memory, tiling);
      activationsByTiling.put(tiling, known);
    }
    return known;
  }

  /** The input as one kind of kernel reads it. */
  private final class Activations {
    private final TileTokens memory;
    private final Tiling tiling;
    private final WorkerTeam.Piece fillPiece = this::fillPiece;
    private TokenTiles tiles = new TokenTiles(1, 1);
    private long filledFor;

    /** Columns of a piece: all, but where tiles are large. */
    private int pieceColumns;

    private int piecesPerTile;

    Activations(TileTokens memory, Tiling tiling) {
      this.memory = memory;
      this.tiling = tiling;
    }

    void fill() {
      if (filledFor == inputs) {
        return;
      }
      if (tiles.tokens() != tokens) {
        tiles = tiling.tiles(tokens);
      }
      int most = Math.max(1, tiles.size(0) * columns / FILLED_VALUES);
      pieceColumns = Math.ceilDiv(Math.ceilDiv(columns, most), COLUMN_UNIT) * COLUMN_UNIT;
      piecesPerTile = Math.ceilDiv(columns, pieceColumns);
      team.run(tiles.tiles() * piecesPerTile, fillPiece);
      filledFor = inputs;
      finished = true;
    }

    private void fillPiece(int piece, int worker) {
      int tile = piece / piecesPerTile;
      int from = piece % piecesPerTile * pieceColumns;
      int end = Math.min(columns, from + pieceColumns);
      int first = tiles.first(tile);
      for (int row = first; !finished && row < first + tiles.size(tile); row++) {
        finish.finish(row, from, end, worker);
      }
      memory.fill(x, columns, from, end, tiles, tile, workers[worker].parameters());
    }
  }

  @Override
  public void close() {
    kernels.values().forEach(TileKernels::close);
    activationsByTiling.values().forEach(activations -> activations.memory.close());
    arena.close();
  }
}
