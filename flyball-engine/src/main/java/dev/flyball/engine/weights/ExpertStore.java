package dev.flyball.engine.weights;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.code.LargeMemory;
import dev.flyball.kernels.matmul.PackedMatrix;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * The experts of one model, which lie in its files and are packed into memory when a step needs
 * them: as many as there is room for stay there, and those used longest ago make room for others.
 *
 * <p>Used by the thread that loads the model and then by the one that runs its steps; the counters
 * may be read by any.
 */
public final class ExpertStore implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ExpertStore.class.getName());

  private final ExpertStorage storage;
  private final InstructionSet level;
  private final Arena arena = Arena.ofShared();
  private final List<StoredExpert> experts = new ArrayList<>();

  /** Those in memory or on the way, the one that was asked for longest ago first. */
  private final Map<StoredExpert, ExpertArrival> held = new LinkedHashMap<>(16, 0.75f, true);

  private final Deque<MemorySegment> free = new ArrayDeque<>();
  private volatile Optional<ExpertReaders> readers = Optional.empty();
  private volatile int slots;
  private final LongAdder uses = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder waitNanos = new LongAdder();

  /** A matrix of an expert. */
  public final class Matrix {
    private final StoredExpert expert;
    private final int index;

    private Matrix(StoredExpert expert, int index) {
      this.expert = expert;
      this.index = index;
    }

    public int rows() {
      return expert.parts().get(index).rows();
    }

    public int columns() {
      return expert.parts().get(index).columns();
    }

    /** Says that the expert will be needed soon: it is on its way from now on. */
    public void expect() {
      ExpertStore.this.expect(expert);
    }

    /**
     * The packed matrix, waited for where it is on its way; it stays where it is until as many
     * experts have been expected since as {@link #together} says, twice.
     *
     * @throws EngineException FILE_UNREADABLE, FILE_CORRUPT where the file can no longer be read as
     *     it was when the model was loaded
     */
    public PackedMatrix packed() {
      return await(expert, index);
    }
  }

  public ExpertStore(ExpertStorage storage, InstructionSet level) {
    this.storage = storage;
    this.level = level;
  }

  /** Adds an expert of these matrices, while the model is loaded. */
  public List<Matrix> add(List<StoredMatrix> matrices) {
    StoredExpert expert = new StoredExpert(storage, matrices);
    experts.add(expert);
    List<Matrix> added = new ArrayList<>();
    for (int i = 0; i < matrices.size(); i++) {
      added.add(new Matrix(expert, i));
    }
    return added;
  }

  /**
   * How many experts may be used together: so many, and as many that are expected behind them, are
   * in memory at once.
   *
   * @throws EngineException OUT_OF_MEMORY where there is no room even for two
   */
  public int together() {
    if (readers.isEmpty()) {
      begin();
    }
    return slots / 2;
  }

  private void begin() {
    long slotBytes = experts.stream().mapToLong(StoredExpert::bytes).max().orElseThrow();
    int count = (int) Math.min(experts.size(), storage.memoryBytes() / slotBytes);
    if (count < 2) {
      throw new EngineException(
          EngineError.OUT_OF_MEMORY,
          "%d bytes of memory for experts, which take %d each: two are the least"
              .formatted(storage.memoryBytes(), slotBytes));
    }
    ExpertReaders started =
        new ExpertReaders(
            experts.stream().flatMap(expert -> expert.parts().stream()).toList(), level);
    MemorySegment all = LargeMemory.allocate(arena, count * slotBytes);
    for (int i = 0; i < count; i++) {
      free.add(all.asSlice(i * slotBytes, slotBytes));
    }
    slots = count;
    readers = Optional.of(started);
    LOG.log(
        Level.INFO,
        () ->
            "%d experts of %.1f MiB stay in the model's file and are read when they are needed%s; memory holds %d of them"
                .formatted(
                    experts.size(),
                    slotBytes / (double) (1 << 20),
                    started.areDirect() ? "" : " (through the system's cache of pages)",
                    count));
  }

  private void expect(StoredExpert expert) {
    if (readers.isEmpty()) {
      begin();
    }
    ExpertArrival known = held.get(expert);
    if (known != null && known.failure().isEmpty()) {
      return;
    }
    MemorySegment memory;
    if (known != null) {
      known.settle();
      memory = known.memory();
    } else {
      memory = free.isEmpty() ? leastRecent() : free.remove();
    }
    ExpertArrival arrival = new ExpertArrival(expert, memory);
    held.put(expert, arrival);
    misses.increment();
    readers.orElseThrow().read(expert, arrival);
  }

  /** The memory of the expert that was asked for longest ago, which is forgotten. */
  private MemorySegment leastRecent() {
    var eldest = held.entrySet().iterator();
    ExpertArrival left = eldest.next().getValue();
    eldest.remove();
    left.settle();
    return left.memory();
  }

  private PackedMatrix await(StoredExpert expert, int index) {
    ExpertArrival arrival = held.get(expert);
    if (arrival == null) {
      expect(expert);
      return await(expert, index);
    }
    if (index == 0) {
      uses.increment();
    }
    if (!arrival.isSettled(index)) {
      long begin = System.nanoTime();
      PackedMatrix _ = arrival.await(index);
      waitNanos.add(System.nanoTime() - begin);
    }
    if (arrival.failure().isPresent()) {
      throw arrival.failure().get();
    }
    return arrival.await(index);
  }

  /** What became of the experts so far. */
  public ExpertCounters counters() {
    long read = misses.sum();
    return new ExpertCounters(
        experts.size(), slots, Math.max(0, uses.sum() - read), read, readBytes(), waitNanos.sum());
  }

  private long readBytes() {
    return readers.map(ExpertReaders::readBytes).orElse(0L);
  }

  @Override
  public void close() {
    readers.ifPresent(ExpertReaders::close);
    arena.close();
  }
}
