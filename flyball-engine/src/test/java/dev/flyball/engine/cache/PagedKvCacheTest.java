package dev.flyball.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PagedKvCacheTest {
  private static final KvShape SHAPE = new KvShape(2, 3, 4, 5, KvStorage.HEAP_F32);
  private static final int BLOCK = PagedKvCache.BLOCK_TOKENS;

  /** What the test knows of a sequence: its mark is written to every slot it was given. */
  private record Tracked(PagedKvSequence sequence, int maxTokens, float mark) {}

  @Test
  void booksAddUpAndNoSlotIsSharedWhateverIsDone() {
    long seed = System.nanoTime();
    System.out.println("PagedKvCacheTest seed " + seed);
    Random random = new Random(seed);
    for (int run = 0; run < 20; run++) {
      fuzz(random, 1 + random.nextInt(20));
    }
  }

  private static void fuzz(Random random, int capacityBlocks) {
    List<Tracked> open = new ArrayList<>();
    try (PagedKvCache cache = new PagedKvCache(SHAPE, (long) capacityBlocks * BLOCK)) {
      for (int step = 0; step < 300; step++) {
        switch (random.nextInt(4)) {
          case 0 -> reserve(random, cache, open, step);
          case 1 -> close(random, open);
          default -> append(random, open);
        }
        cache.checkIntegrity();
        checkReserved(cache, open);
        open.forEach(PagedKvCacheTest::checkMarks);
      }
    }
  }

  private static void reserve(Random random, PagedKvCache cache, List<Tracked> open, int mark) {
    int maxTokens = 1 + random.nextInt(5 * BLOCK);
    long freeTokens = cache.capacityTokens() - cache.reservedTokens();
    Optional<KvSequence> sequence = cache.tryReserve(maxTokens);
    assertThat(sequence.isPresent()).isEqualTo(wholeBlocks(maxTokens) <= freeTokens);
    sequence.ifPresent(s -> open.add(new Tracked((PagedKvSequence) s, maxTokens, mark)));
  }

  private static void append(Random random, List<Tracked> open) {
    if (open.isEmpty()) {
      return;
    }
    Tracked tracked = open.get(random.nextInt(open.size()));
    PagedKvSequence sequence = tracked.sequence();
    for (int i = random.nextInt(BLOCK); i >= 0 && sequence.length() < tracked.maxTokens(); i--) {
      int position = sequence.append();
      assertThat(position).isEqualTo(sequence.length() - 1);
      for (int layer = 0; layer < SHAPE.layers(); layer++) {
        sequence.keys(layer, position / BLOCK)[position % BLOCK] = tracked.mark();
        sequence.values(layer, position / BLOCK)[position % BLOCK] = tracked.mark();
      }
    }
  }

  private static void close(Random random, List<Tracked> open) {
    if (!open.isEmpty()) {
      PagedKvSequence sequence = open.remove(random.nextInt(open.size())).sequence();
      sequence.close();
      sequence.close();
      assertThatThrownBy(sequence::append).isInstanceOf(IllegalStateException.class);
    }
  }

  private static void checkReserved(PagedKvCache cache, List<Tracked> open) {
    long expected = open.stream().mapToLong(t -> wholeBlocks(t.maxTokens())).sum();
    assertThat(cache.reservedTokens()).isEqualTo(expected);
    assertThat(cache.allocatedBytes())
        .isLessThanOrEqualTo(cache.capacityTokens() * SHAPE.bytesPerToken());
  }

  private static void checkMarks(Tracked tracked) {
    for (int position = 0; position < tracked.sequence().length(); position++) {
      for (int layer = 0; layer < SHAPE.layers(); layer++) {
        int block = position / BLOCK;
        assertThat(tracked.sequence().keys(layer, block)[position % BLOCK])
            .isEqualTo(tracked.mark());
        assertThat(tracked.sequence().values(layer, block)[position % BLOCK])
            .isEqualTo(tracked.mark());
      }
    }
  }

  private static long wholeBlocks(int tokens) {
    return (long) Math.ceilDiv(tokens, BLOCK) * BLOCK;
  }

  @Test
  void memoryIsAllocatedAsSequencesGrowAndReusedAfterwards() {
    try (PagedKvCache cache = new PagedKvCache(SHAPE, 100L * BLOCK)) {
      long blockBytes = SHAPE.bytesPerToken() * BLOCK;
      KvSequence first = cache.tryReserve(10 * BLOCK).orElseThrow();
      assertThat(cache.allocatedBytes()).isZero();
      for (int i = 0; i <= BLOCK; i++) {
        first.append();
      }
      assertThat(cache.allocatedBytes()).isEqualTo(2 * blockBytes);
      first.close();
      KvSequence second = cache.tryReserve(10 * BLOCK).orElseThrow();
      for (int i = 0; i < 2 * BLOCK; i++) {
        second.append();
      }
      assertThat(cache.allocatedBytes()).isEqualTo(2 * blockBytes);
    }
  }

  @Test
  void aSequenceEndsAtTheTokensItReserved() {
    try (PagedKvCache cache = new PagedKvCache(SHAPE, BLOCK)) {
      KvSequence sequence = cache.tryReserve(2).orElseThrow();
      sequence.append();
      sequence.append();
      assertThatThrownBy(sequence::append)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("its 2 tokens");
    }
  }

  @Test
  void aClosedCacheGivesNothing() {
    PagedKvCache cache = new PagedKvCache(SHAPE, BLOCK);
    KvSequence sequence = cache.tryReserve(1).orElseThrow();
    cache.close();
    cache.checkIntegrity();
    assertThat(cache.reservedTokens()).isZero();
    assertThatThrownBy(sequence::append).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> cache.tryReserve(1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aBlockThatIsUsedAgainShowsNothingOfItsFormerSequence() {
    KvShape shape = new KvShape(1, 2, 4, 5, KvStorage.NATIVE_Q8_0);
    try (PagedKvCache cache = new PagedKvCache(shape, 32)) {
      PagedKvSequence first = (PagedKvSequence) cache.tryReserve(32).orElseThrow();
      first.append();
      first.memory(0).fill((byte) 0x7f);
      first.close();
      PagedKvSequence second = (PagedKvSequence) cache.tryReserve(32).orElseThrow();
      second.append();
      assertThat(second.memory(0).toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
    }
  }

  @Test
  void aTokenTakesWhatItsNumbersTake() {
    assertThat(bytesPerToken(KvStorage.HEAP_F32)).isEqualTo(3 * 2 * (64 + 96) * 4);
    assertThat(bytesPerToken(KvStorage.NATIVE_F32)).isEqualTo(3 * 2 * (64 + 96) * 4);
    assertThat(bytesPerToken(KvStorage.NATIVE_F16)).isEqualTo(3 * 2 * (64 + 96) * 2);
    assertThat(bytesPerToken(KvStorage.NATIVE_Q8_0)).isEqualTo(3 * 2 * (64 + 96) * 36 / 32);
  }

  private static long bytesPerToken(KvStorage storage) {
    return new KvShape(3, 2, 64, 96, storage).bytesPerToken();
  }
}
