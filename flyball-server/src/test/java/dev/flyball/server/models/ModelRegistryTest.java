package dev.flyball.server.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.engine.EngineOptions;
import dev.flyball.engine.MemoryEstimate;
import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import dev.flyball.server.support.Await;
import dev.flyball.server.support.ScriptedEngine;
import dev.flyball.server.support.ScriptedEngines;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class ModelRegistryTest {
  private static final long MODEL_BYTES = ScriptedEngines.MODEL_BYTES;

  private final ScriptedEngines engines = new ScriptedEngines();
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);

  private ModelRegistry registry(int modelsThatFit) {
    return new ModelRegistry(
        engines,
        EngineOptions.DEFAULT,
        new ServedAdapters(InstantSource.system()),
        KeepAlive.FIVE_MINUTES,
        MemoryBudget.fixed(modelsThatFit * MODEL_BYTES),
        now::get,
        Runnable::run);
  }

  private static CatalogModel model(String name) {
    return new CatalogModel(name, List.of(Path.of(name + ".gguf")), 1, Instant.EPOCH);
  }

  private void use(ModelRegistry registry, String name) {
    registry.acquire(model(name), Optional.empty()).close();
    now.updateAndGet(time -> time.plusSeconds(1));
  }

  private static List<String> loaded(ModelRegistry registry) {
    return registry.status().stream().map(ModelStatus::name).toList();
  }

  @Test
  void manyRequestsAtOnceLoadAModelOnce() throws Exception {
    ModelRegistry registry = registry(2);
    CountDownLatch start = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<ModelLease>> leases = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        leases.add(
            threads.submit(
                () -> {
                  start.await();
                  return registry.acquire(model("a"), Optional.empty());
                }));
      }
      start.countDown();
      for (Future<ModelLease> lease : leases) {
        assertThat(lease.get().engine()).isSameAs(engines.engine("a"));
      }
    }
    assertThat(engines.loads()).isEqualTo(1);
    assertThat(registry.status().getFirst().users()).isEqualTo(50);
  }

  @Test
  void anIdleModelIsUnloadedAfterItsTimeAndNotBefore() {
    ModelRegistry registry = registry(2);
    registry.acquire(model("a"), Optional.empty()).close();
    now.set(Instant.ofEpochSecond(299));
    assertThat(registry.unloadIdle()).isZero();
    now.set(Instant.ofEpochSecond(300));
    assertThat(registry.unloadIdle()).isEqualTo(1);
    assertThat(engines.engine("a").isClosed()).isTrue();
    assertThat(registry.status()).isEmpty();
  }

  @Test
  void aModelInUseIsNeverUnloaded() {
    ModelRegistry registry = registry(1);
    ModelLease lease = registry.acquire(model("a"), Optional.empty());
    now.set(Instant.ofEpochSecond(1_000_000));
    assertThat(registry.unloadIdle()).isZero();
    assertThatThrownBy(() -> registry.acquire(model("b"), Optional.empty()))
        .isInstanceOfSatisfying(
            ServerException.class,
            e -> assertThat(e.error()).isEqualTo(ServerError.INSUFFICIENT_MEMORY))
        .hasMessageContaining("'b' needs 0.00 GiB");
    assertThat(engines.engine("a").isClosed()).isFalse();
    lease.close();
    use(registry, "b");
    assertThat(loaded(registry)).containsExactly("b");
  }

  @Test
  void theLeastRecentlyUsedIdleModelMakesRoom() {
    ModelRegistry registry = registry(2);
    use(registry, "a");
    use(registry, "b");
    use(registry, "a");
    use(registry, "c");
    assertThat(loaded(registry)).containsExactly("a", "c");
    assertThat(engines.engine("b").isClosed()).isTrue();
  }

  @Test
  void theLastRequestSaysHowLongAModelStays() {
    ModelRegistry registry = registry(2);
    registry.acquire(model("a"), Optional.of(KeepAlive.FOREVER)).close();
    now.set(Instant.ofEpochSecond(1_000_000));
    assertThat(registry.unloadIdle()).isZero();
    registry.acquire(model("a"), Optional.of(KeepAlive.of(Duration.ZERO))).close();
    assertThat(registry.status()).isEmpty();
    assertThat(engines.engine("a").isClosed()).isTrue();
  }

  @Test
  void whereAnEngineMakesDoWithLessItMayStartWithTheLeast() {
    MemoryBudget tight =
        new MemoryBudget() {
          @Override
          public long limitBytes() {
            return MODEL_BYTES;
          }

          @Override
          public long availableBytes() {
            return MODEL_BYTES / 2;
          }

          @Override
          public long leastBytes(MemoryEstimate estimate) {
            return estimate.total() / 4;
          }
        };
    ModelRegistry registry =
        new ModelRegistry(
            engines,
            EngineOptions.DEFAULT,
            new ServedAdapters(InstantSource.system()),
            KeepAlive.FOREVER,
            tight,
            now::get,
            Runnable::run);
    use(registry, "a");
    assertThat(registry.status().getFirst().memoryBytes()).isEqualTo(MODEL_BYTES * 3 / 8);
  }

  @Test
  void aLeaseClosedTwiceCountsOnce() {
    ModelRegistry registry = registry(2);
    ModelLease first = registry.acquire(model("a"), Optional.empty());
    ModelLease second = registry.acquire(model("a"), Optional.empty());
    first.close();
    first.close();
    assertThat(registry.status().getFirst().users()).isEqualTo(1);
    second.close();
    assertThat(registry.status().getFirst().users()).isZero();
  }

  @Test
  void aModelThatCannotBeLoadedFailsForAllAndIsTriedAgain() {
    ModelRegistry registry = registry(2);
    for (int attempt = 1; attempt <= 2; attempt++) {
      assertThatThrownBy(() -> registry.acquire(model("corrupt"), Optional.empty()))
          .isInstanceOfSatisfying(
              ServerException.class,
              e -> assertThat(e.error()).isEqualTo(ServerError.MODEL_UNREADABLE));
      assertThat(engines.loads()).isEqualTo(attempt);
    }
    assertThatThrownBy(() -> registry.acquire(model("broken"), Optional.empty()))
        .isInstanceOfSatisfying(
            ServerException.class, e -> assertThat(e.error()).isEqualTo(ServerError.INTERNAL));
    assertThat(registry.status()).isEmpty();
    use(registry, "a");
    use(registry, "b");
    assertThat(loaded(registry)).containsExactly("a", "b");
  }

  @Test
  void afterClosingNothingIsLoadedAnyMore() {
    ModelRegistry registry = registry(2);
    ModelLease lease = registry.acquire(model("a"), Optional.empty());
    registry.close();
    assertThat(engines.engine("a").isClosed()).isTrue();
    lease.close();
    assertThatThrownBy(() -> registry.acquire(model("a"), Optional.empty()))
        .isInstanceOfSatisfying(
            ServerException.class, e -> assertThat(e.error()).isEqualTo(ServerError.STOPPING));
  }

  /** Threads use random models, with room for two of four, while a sweeper unloads. */
  @Test
  void racesNeverCloseAnEngineInUseAndNeverExceedTheBudget() throws Exception {
    long seed = System.nanoTime();
    System.out.println("registry race seed " + seed);
    ModelRegistry registry = registry(2);
    List<Future<Integer>> workers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int worker = 0; worker < 4; worker++) {
        Random random = new Random(seed + worker);
        workers.add(threads.submit(() -> useAtRandom(registry, random)));
      }
      for (Future<Integer> worker : workers) {
        assertThat(worker.get()).as("seed %d", seed).isPositive();
      }
    }
    Await.until("all idle", () -> registry.status().stream().allMatch(s -> s.users() == 0));
    registry.close();
    for (String name : List.of("m0", "m1", "m2", "m3")) {
      assertThat(engines.engine(name).isClosed()).isTrue();
    }
  }

  private int useAtRandom(ModelRegistry registry, Random random) {
    int served = 0;
    for (int i = 0; i < 100; i++) {
      KeepAlive keepAlive = random.nextBoolean() ? KeepAlive.of(Duration.ZERO) : KeepAlive.FOREVER;
      CatalogModel model = model("m" + random.nextInt(4));
      try (ModelLease lease = registry.acquire(model, Optional.of(keepAlive))) {
        if (((ScriptedEngine) lease.engine()).isClosed()) {
          throw new AssertionError(model.name() + " was closed while in use");
        }
        long bytes = registry.status().stream().mapToLong(ModelStatus::memoryBytes).sum();
        if (bytes > 2 * MODEL_BYTES) {
          throw new AssertionError("over the budget: " + bytes);
        }
        served++;
      } catch (ServerException e) {
        if (e.error() != ServerError.INSUFFICIENT_MEMORY) {
          throw e;
        }
      }
      registry.unloadIdle();
    }
    return served;
  }
}
