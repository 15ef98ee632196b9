package dev.flyball.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkerTeamTest {
  private static final int THREADS = 5; // more than this machine has cores

  @Test
  void everyPieceRunsOnceHoweverOftenTheTeamIsAsked() {
    long seed = System.nanoTime();
    System.out.println("WorkerTeamTest seed " + seed);
    Random random = new Random(seed);
    try (WorkerTeam team = new WorkerTeam("test", THREADS)) {
      for (int round = 0; round < 20_000; round++) {
        int pieces = random.nextInt(40);
        int[] runs = new int[pieces]; // plain memory: what pieces wrote must be seen here
        team.run(pieces, (index, _) -> runs[index]++);
        assertThat(runs).containsOnly(onesUnlessEmpty(pieces));
        if (random.nextInt(500) == 0) {
          LockSupport.parkNanos(200_000); // long enough for the helpers to park
        }
      }
    }
  }

  private static int[] onesUnlessEmpty(int pieces) {
    return pieces == 0 ? new int[0] : new int[] {1};
  }

  @Test
  void noTwoPiecesRunAtOnceUnderOneWorkerNumber() {
    AtomicIntegerArray inside = new AtomicIntegerArray(THREADS);
    AtomicInteger clashes = new AtomicInteger();
    try (WorkerTeam team = new WorkerTeam("test", THREADS)) {
      for (int round = 0; round < 500; round++) {
        team.run(
            64,
            (_, worker) -> {
              if (inside.incrementAndGet(worker) != 1) {
                clashes.incrementAndGet();
              }
              Thread.onSpinWait();
              inside.decrementAndGet(worker);
            });
      }
    }
    assertThat(clashes).hasValue(0);
  }

  @Test
  void piecesRunAtTheSameTime() {
    CountDownLatch met = new CountDownLatch(THREADS);
    try (WorkerTeam team = new WorkerTeam("test", THREADS)) {
      team.run(
          THREADS,
          (_, _) -> {
            met.countDown();
            awaitQuietly(met); // returns only where all workers are in a piece
          });
    }
    assertThat(met.getCount()).isZero();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aFailureReachesTheCallerAndTheTeamGoesOn() {
    try (WorkerTeam team = new WorkerTeam("test", THREADS)) {
      for (int round = 0; round < 200; round++) {
        int bad = round % 50;
        assertThatThrownBy(
                () ->
                    team.run(
                        50,
                        (index, _) -> {
                          if (index == bad) {
                            throw new ArithmeticException("piece " + index);
                          }
                        }))
            .isInstanceOf(ArithmeticException.class)
            .hasMessage("piece " + bad);
        AtomicInteger runs = new AtomicInteger();
        team.run(50, (_, _) -> runs.incrementAndGet());
        assertThat(runs).hasValue(50);
      }
    }
  }

  @Test
  void theTeamIsForOneRunAtATime() {
    try (WorkerTeam team = new WorkerTeam("test", 2)) {
      assertThatThrownBy(() -> team.run(4, (_, _) -> team.run(1, (_, _) -> {})))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("something else");
    }
  }

  @Test
  void closingEndsTheThreads() {
    WorkerTeam team = new WorkerTeam("closing-team", THREADS);
    team.run(100, (_, _) -> {});
    assertThat(aliveThreads("closing-team")).isEqualTo(THREADS - 1);
    team.close();
    team.close();
    assertThat(aliveThreads("closing-team")).isZero();
    assertThatThrownBy(() -> team.run(1, (_, _) -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  private static long aliveThreads(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith(name))
        .count();
  }

  @Test
  void withoutANumberTheTeamHasAWorkerForEachProcessor() {
    try (WorkerTeam team = new WorkerTeam("test", 0)) {
      assertThat(team.size()).isEqualTo(Runtime.getRuntime().availableProcessors());
    }
  }

  @Test
  void aTeamOfOneRunsInTheCallingThread() {
    try (WorkerTeam team = new WorkerTeam("test", 1)) {
      Thread caller = Thread.currentThread();
      team.run(3, (_, _) -> assertThat(Thread.currentThread()).isSameAs(caller));
    }
  }
}
