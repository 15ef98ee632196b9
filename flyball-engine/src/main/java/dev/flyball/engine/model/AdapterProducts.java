package dev.flyball.engine.model;

import dev.flyball.engine.lora.LoraFile;
import dev.flyball.engine.model.Adapter.Pair;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.arithmetic.Arithmetic;
import dev.flyball.engine.model.arithmetic.Products;
import dev.flyball.kernels.WorkerTeam;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Adds what adapters make of the input of projections, to the rows that chose them: the rows of a
 * step are grouped by adapter, and those without one cost nothing. An arithmetic of its own, for
 * products of floats with floats, has an input beside the one of the step. Used by the thread that
 * calls {@code forward}.
 */
final class AdapterProducts implements AutoCloseable {
  /** Which of a batch's tokens are rows. */
  enum Chosen {
    ALL,
    WANTED,
    LOGITS;

    boolean has(RowOutput output) {
      return switch (this) {
        case ALL -> true;
        case WANTED -> output != RowOutput.NONE;
        case LOGITS -> output == RowOutput.LOGITS;
      };
    }
  }

  /**
   * Products of floats add up in another order for fewer rows than these. A difference in the last
   * bit becomes a step of an eighth bit where the next projection rounds its input, so that an
   * answer would depend on who else is served.
   */
  private static final int LEAST_ROWS = 6;

  private final ModelOptions options;
  private final WorkerTeam team;
  private final int maxColumns;
  private Optional<Arithmetic> arithmetic = Optional.empty();

  /**
   * The groups of the step under way are the first of these, by the numbers of their adapters: rows
   * that have several get them in the same order in any company.
   */
  private final List<AdapterRows> groups = new ArrayList<>();

  private int used;

  /** The last input (tokens, columns) of projections. */
  private float[] x = new float[0];

  private int columns;

  // What a product of adapters works with, kept for the next one.
  private float[] gathered = new float[0];
  private final List<float[]> delta = new ArrayList<>(List.of(new float[0]));
  private final List<Products.Weight> up = new ArrayList<>();
  private final List<Products.Weight> downs = new ArrayList<>();
  private final List<Pair> pairs = new ArrayList<>();
  private final List<float[]> targets = new ArrayList<>();
  private final List<float[]> between = new ArrayList<>();
  private final List<float[]> rooms = new ArrayList<>();

  AdapterProducts(ModelOptions options, WorkerTeam team, int maxColumns) {
    this.options = options.withWeightsFile(Optional.empty());
    this.team = team;
    this.maxColumns = Math.max(maxColumns, LoraFile.MAX_RANK);
  }

  /** Groups the rows of the products that follow, those of a batch's tokens in their order. */
  void choose(Batch batch, Chosen chosen) {
    for (int i = 0; i < used; i++) {
      groups.get(i).end();
    }
    used = 0;
    int row = 0;
    for (int t = 0; t < batch.size(); t++) {
      if (chosen.has(batch.output(t))) {
        List<AdapterMix.Part> parts = batch.adapters(t).parts();
        for (int i = 0; i < parts.size(); i++) {
          group(parts.get(i).adapter()).add(row, parts.get(i).scale());
        }
        row++;
      }
    }
  }

  private AdapterRows group(Adapter adapter) {
    for (int i = 0; i < used; i++) {
      if (groups.get(i).isOf(adapter)) {
        return groups.get(i);
      }
    }
    if (used == groups.size()) {
      groups.add(new AdapterRows());
    }
    AdapterRows group = groups.get(used++);
    group.begin(adapter);
    for (int i = used - 1; i > 0 && groups.get(i - 1).adapter().number() > adapter.number(); i--) {
      Collections.swap(groups, i - 1, i);
    }
    return group;
  }

  /** Whether any row of the step chose an adapter. */
  boolean any() {
    return used > 0;
  }

  /** Notes the input of the projections that follow. */
  void input(float[] rows, int rowLength) {
    x = rows;
    columns = rowLength;
  }

  /**
   * Adds to what projections made of the last input.
   *
   * @param outs for each (tokens, rows)
   */
  void add(List<Linear> projections, List<float[]> outs) {
    for (int i = 0; i < used; i++) {
      add(groups.get(i), projections, outs);
    }
  }

  private void add(AdapterRows group, List<Linear> projections, List<float[]> outs) {
    find(group, projections, outs);
    if (pairs.isEmpty()) {
      return;
    }
    Products products = arithmetic().products();
    int count = rows(group);
    if (gathered.length < count * columns) {
      gathered = new float[count * columns];
    }
    group.gather(x, columns, gathered);
    products.input(gathered, count, columns);
    products.multiply(downs, between);
    for (int i = 0; i < pairs.size(); i++) {
      Pair pair = pairs.get(i);
      up.clear();
      up.add(pair.up());
      int rows = pair.up().rows();
      if (delta.getFirst().length < count * rows) {
        delta.set(0, new float[count * rows]);
      }
      products.input(between.get(i), count, pair.down().rows());
      products.multiply(up, delta);
      group.scatter(delta.getFirst(), rows, pair.factor(), targets.get(i));
    }
  }

  /** How many rows a product has; what those behind the group's give is nobody's. */
  private int rows(AdapterRows group) {
    return Math.max(group.count(), Math.min(LEAST_ROWS, options.maxBatchTokens()));
  }

  /** Those of the projections that the group's adapter adapts, and room between its matrices. */
  private void find(AdapterRows group, List<Linear> projections, List<float[]> outs) {
    pairs.clear();
    downs.clear();
    targets.clear();
    between.clear();
    for (int i = 0; i < projections.size(); i++) {
      Optional<Pair> pair = group.adapter().pair(projections.get(i).site());
      if (pair.isPresent()) {
        pairs.add(pair.get());
        downs.add(pair.get().down());
        targets.add(outs.get(i));
        between.add(room(between.size(), rows(group) * pair.get().down().rows()));
      }
    }
  }

  private float[] room(int index, int values) {
    if (index == rooms.size()) {
      rooms.add(new float[values]);
    } else if (rooms.get(index).length < values) {
      rooms.set(index, new float[values]);
    }
    return rooms.get(index);
  }

  /** Made when the first adapter is used. */
  private Arithmetic arithmetic() {
    if (arithmetic.isEmpty()) {
      arithmetic = Optional.of(Arithmetics.of(options, team, maxColumns));
    }
    return arithmetic.get();
  }

  @Override
  public void close() {
    arithmetic.ifPresent(Arithmetic::close);
  }
}
