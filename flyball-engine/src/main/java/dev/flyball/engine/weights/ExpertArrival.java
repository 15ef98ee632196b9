package dev.flyball.engine.weights;

import dev.flyball.kernels.matmul.PackedMatrix;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * An expert that is in memory, or on the way: readers fill it piece by piece, one thread waits for
 * it.
 */
final class ExpertArrival {
  private final MemorySegment memory;
  private final List<PackedMatrix> matrices = new ArrayList<>();
  private final List<CountDownLatch> missing = new ArrayList<>();
  private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();

  /**
   * @param memory that nobody else has until this is forgotten
   */
  ExpertArrival(StoredExpert expert, MemorySegment memory) {
    this.memory = memory;
    for (StoredExpert.Part part : expert.parts()) {
      matrices.add(part.in(memory));
      missing.add(new CountDownLatch(ExpertReaders.pieces(part)));
    }
  }

  MemorySegment memory() {
    return memory;
  }

  /** Says that a piece of a matrix is packed. */
  void pieceCame(int matrix) {
    missing.get(matrix).countDown();
  }

  /** Says that a piece will not come; whoever waits for the expert hears why. */
  void pieceFailed(int matrix, RuntimeException reason) {
    failure.compareAndSet(null, reason);
    missing.get(matrix).countDown();
  }

  /** Whether no reader works on a matrix any more. */
  boolean isSettled(int matrix) {
    return missing.get(matrix).getCount() == 0;
  }

  Optional<RuntimeException> failure() {
    return Optional.ofNullable(failure.get());
  }

  /** Waits for a matrix; whether it came is for {@link #failure} to say. */
  PackedMatrix await(int matrix) {
    boolean interrupted = false;
    while (!isSettled(matrix)) {
      try {
        missing.get(matrix).await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return matrices.get(matrix);
  }

  /** Waits until no reader works on any matrix. */
  void settle() {
    for (int i = 0; i < matrices.size(); i++) {
      PackedMatrix _ = await(i);
    }
  }
}
