package dev.flyball.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.units.TokenIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheFileTest {
  private static final int BLOCK = PagedKvCache.BLOCK_TOKENS;

  /** Blocks of 3 MiB, of which five may be read between two steps. */
  private static final KvShape LARGE =
      new KvShape(1, 1, 96 * 256 / 2, 96 * 256 / 2, KvStorage.HEAP_F32);

  private static final TokenIds PROMPT = TokenIds.of(IntStream.range(0, 9 * BLOCK + 1).toArray());

  @TempDir private Path folder;

  private PagedKvCache cache(KvShape shape) {
    PagedKvCache cache = new PagedKvCache(shape, 12L * BLOCK);
    cache.keepIn(new CacheDirectory(folder, 64 << 20), "model");
    return cache;
  }

  private static void compute(KvSequence sequence) {
    assertThat(sequence.tryGrow(PROMPT.size() - sequence.length())).isTrue();
    while (sequence.length() < PROMPT.size()) {
      sequence.append(PROMPT.get(sequence.length()));
    }
    sequence.computed();
  }

  @Test
  void othersWaitForSomeBlocksOnlyBetweenTwoSteps() {
    try (PagedKvCache cache = cache(LARGE)) {
      compute(cache.open(PROMPT));
    }
    try (PagedKvCache cache = cache(LARGE)) {
      KvSequence other = cache.openUnshared();
      KvSequence sequence = cache.open(PROMPT);
      assertThat(sequence.length()).isEqualTo(5 * BLOCK);
      assertThat(sequence.awaitsFile()).isTrue();
      assertThat(sequence.adopt()).isZero();
      other.computed();
      assertThat(sequence.adopt()).isEqualTo(4 * BLOCK);
      assertThat(sequence.awaitsFile()).isFalse();
      assertThat(cache.counters().readBlocks()).isEqualTo(9);
      cache.checkIntegrity();
    }
    try (PagedKvCache cache = cache(LARGE)) {
      KvSequence alone = cache.open(PROMPT);
      assertThat(alone.length()).isEqualTo(9 * BLOCK);
    }
  }

  @Test
  void whatLosesItsMemoryIsFoundAgain() {
    KvShape small = new KvShape(1, 1, 4, 4, KvStorage.HEAP_F32);
    try (PagedKvCache cache = cache(small)) {
      KvSequence preempted = cache.open(PROMPT);
      compute(preempted);
      preempted.close();
      takeAllMemory(cache);
      assertThat(cache.open(PROMPT).length()).isEqualTo(9 * BLOCK);
      cache.checkIntegrity();
    }
  }

  @Test
  void whatIsCheaperToComputeAgainIsNotWrittenUnlessAnotherHoldsIt() {
    KvShape small = new KvShape(1, 1, 4, 4, KvStorage.HEAP_F32);
    try (PagedKvCache cache = cache(small)) {
      KvSequence preempted = cache.open(PROMPT);
      compute(preempted);
      preempted.forgetInFile();
      preempted.close();
      takeAllMemory(cache);
      assertThat(cache.counters().writtenBlocks()).isZero();
      assertThat(cache.open(PROMPT).length()).isZero();
    }
    try (PagedKvCache cache = cache(small)) {
      KvSequence preempted = cache.open(PROMPT);
      compute(preempted);
      KvSequence other = cache.open(PROMPT);
      preempted.forgetInFile();
      preempted.close();
      other.close();
      takeAllMemory(cache);
      assertThat(cache.counters().writtenBlocks()).isEqualTo(9);
    }
  }

  private static void takeAllMemory(PagedKvCache cache) {
    try (KvSequence other = cache.tryReserve(12 * BLOCK).orElseThrow()) {
      IntStream.range(0, 12 * BLOCK).forEach(other::append);
      assertThat(cache.cachedTokens()).isZero();
    }
  }

  @Test
  void whatSwappingCostsIsKnownWhereThereIsAFile() {
    KvShape small = new KvShape(1, 1, 4, 4, KvStorage.HEAP_F32);
    try (PagedKvCache without = new PagedKvCache(small, 12L * BLOCK)) {
      KvSequence sequence = without.open(PROMPT);
      compute(sequence);
      assertThat(sequence.swapNanos()).isEmpty();
    }
    try (PagedKvCache cache = cache(small)) {
      KvSequence sequence = cache.open(PROMPT);
      compute(sequence);
      double assumed = 2.0 * 10 * small.blockBytes();
      assertThat(sequence.swapNanos().orElseThrow()).isEqualTo(assumed);
      assertThat(cache.openUnshared().swapNanos()).isEmpty();
      sequence.close();
      takeAllMemory(cache);
      KvSequence again = cache.open(PROMPT);
      assertThat(again.swapNanos().orElseThrow()).isPositive().isNotEqualTo(assumed * 9 / 10);
    }
  }

  @Test
  void theSpeedOfAFileIsTheMeanOfLateBlocks() {
    FileSpeed speed = new FileSpeed();
    assertThat(speed.nanos(1000)).isEqualTo(1000);
    speed.observe(100, 400);
    assertThat(speed.nanos(1000)).isEqualTo(4000);
    speed.observe(100, 1400);
    assertThat(speed.nanos(1000)).isEqualTo(5000);
  }

  @Test
  void aDirectoryThatCannotBeUsedIsDoneWithout() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "no directory");
    KvShape small = new KvShape(1, 1, 4, 4, KvStorage.HEAP_F32);
    try (PagedKvCache cache = new PagedKvCache(small, 12L * BLOCK)) {
      cache.keepIn(new CacheDirectory(file, 64 << 20), "model");
      compute(cache.open(PROMPT));
      assertThat(cache.counters().writtenBlocks()).isZero();
    }
  }

  @Test
  void aCacheInUseTakesNoDirectory() {
    try (PagedKvCache cache = cache(LARGE)) {
      cache.open(PROMPT).close();
      CacheDirectory directory = new CacheDirectory(folder, 64 << 20);
      assertThatThrownBy(() -> cache.keepIn(directory, "model"))
          .isInstanceOf(IllegalStateException.class);
    }
  }
}
