package dev.flyball.engine.model;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.lora.LoraFile;
import dev.flyball.engine.lora.LoraPair;
import dev.flyball.engine.model.AdapterSites.Site;
import dev.flyball.engine.model.arithmetic.Products;
import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A low-rank adapter (arXiv:2106.09685), ready to be run with the model that prepared it: {@code y
 * += scale * factor * up @ (down @ x)} for each projection that it adapts. Immutable; its memory is
 * its own and freed by {@link #close}, after the last step that uses it.
 */
public final class Adapter implements AutoCloseable {
  /**
   * What is added to one projection.
   *
   * @param down (rank, columns)
   * @param up (rows, rank)
   */
  record Pair(Products.Weight down, Products.Weight up, float factor) {}

  private static final AtomicLong LOADED = new AtomicLong();

  private final long number = LOADED.incrementAndGet();
  private final Arena arena;
  private final List<Optional<Pair>> pairs;
  private final int rank;

  private Adapter(Arena arena, List<Optional<Pair>> pairs, int rank) {
    this.arena = arena;
    this.pairs = pairs;
    this.rank = rank;
  }

  /**
   * Prepares what a file says.
   *
   * @throws EngineException INVALID_INPUT where it is made for another base, UNSUPPORTED_MODEL
   *     where it adapts what is no site
   */
  static Adapter of(LoraFile file, String architecture, AdapterSites sites, Products products) {
    if (!file.architecture().equals(architecture)) {
      throw file.invalid(
          "the adapter is made for a base of architecture \"%s\", and this model is \"%s\"; load it with the model that it was trained on"
              .formatted(file.architecture(), architecture));
    }
    file.pairs().forEach(pair -> check(file, pair, sites));
    Arena arena = Arena.ofShared();
    try {
      return new Adapter(arena, pairs(file, sites, products, arena), maxRank(file));
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  private static void check(LoraFile file, LoraPair pair, AdapterSites sites) {
    List<Site> parts = sites.of(pair.tensor());
    if (parts.isEmpty()) {
      throw new EngineException(
          EngineError.UNSUPPORTED_MODEL,
          "%s: it adapts \"%s\", which cannot be adapted in this model; what can: the %d matrices of attention, recurrent and dense layers and of the output, such as \"%s\""
              .formatted(
                  file.path(),
                  pair.tensor(),
                  sites.tensors().size(),
                  sites.tensors().iterator().next()));
    }
    Site site = parts.getFirst();
    if (pair.down().columns() != site.columns() || pair.up().rows() != site.tensorRows()) {
      throw file.invalid(
          "\"%s\" is adapted as a matrix of %d rows and %d columns, but has %d and %d in this model; load the adapter with the model that it was trained on"
              .formatted(
                  pair.tensor(),
                  pair.up().rows(),
                  pair.down().columns(),
                  site.tensorRows(),
                  site.columns()));
    }
  }

  private static List<Optional<Pair>> pairs(
      LoraFile file, AdapterSites sites, Products products, Arena arena) {
    List<StoredMatrix> matrices = new ArrayList<>();
    for (LoraPair pair : file.pairs()) {
      matrices.add(floats(pair.down()));
      for (Site site : sites.of(pair.tensor())) {
        matrices.add(floats(pair.up().rows(site.firstRow(), site.rows())));
      }
    }
    List<Products.Weight> weights = products.prepare(matrices, arena);
    List<Optional<Pair>> all = new ArrayList<>();
    for (int i = 0; i < sites.count(); i++) {
      all.add(Optional.empty());
    }
    int next = 0;
    for (LoraPair pair : file.pairs()) {
      Products.Weight down = weights.get(next++);
      for (Site site : sites.of(pair.tensor())) {
        all.set(site.number(), Optional.of(new Pair(down, weights.get(next++), pair.factor())));
      }
    }
    return List.copyOf(all);
  }

  /** Quantised values become floats: vectors are not to be rounded for so little reading. */
  private static StoredMatrix floats(StoredMatrix stored) {
    if (stored.type().blockElements() == 1) {
      return stored;
    }
    float[] values = new float[Math.multiplyExact(stored.rows(), stored.columns())];
    for (int row = 0; row < stored.rows(); row++) {
      stored.decode(row, 0, stored.columns(), values, row * stored.columns());
    }
    MemorySegment bytes = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_FLOAT_UNALIGNED, values);
    return new StoredMatrix(TensorType.F32, bytes, stored.rows(), stored.columns());
  }

  private static int maxRank(LoraFile file) {
    return file.pairs().stream().mapToInt(LoraPair::rank).max().orElseThrow();
  }

  /** What is added to the projection of this number. */
  Optional<Pair> pair(int site) {
    return site == AdapterSites.NONE ? Optional.empty() : pairs.get(site);
  }

  /** Greater than those of all that were loaded before. */
  long number() {
    return number;
  }

  /** The largest of its matrices. */
  public int rank() {
    return rank;
  }

  /** Frees its memory. */
  @Override
  public void close() {
    arena.close();
  }
}
