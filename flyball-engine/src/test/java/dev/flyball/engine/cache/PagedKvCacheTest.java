package dev.flyball.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.units.TokenIds;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PagedKvCacheTest {
  private static final KvShape SHAPE = new KvShape(2, 3, 4, 5, KvStorage.HEAP_F32);
  private static final int BLOCK = PagedKvCache.BLOCK_TOKENS;

  private static PagedKvCache cache(int blocks) {
    return new PagedKvCache(SHAPE, (long) blocks * BLOCK);
  }

  /** Ids that count up. */
  private static TokenIds prompt(int tokens) {
    return TokenIds.of(IntStream.range(0, tokens).toArray());
  }

  private static void compute(KvSequence sequence, TokenIds prompt, int end) {
    assertThat(sequence.tryGrow(end - sequence.length())).isTrue();
    while (sequence.length() < end) {
      sequence.append(prompt.get(sequence.length()));
    }
    sequence.computed();
  }

  @Test
  void prefixIsSharedUntilFirstDifferentBlock() {
    try (PagedKvCache cache = cache(20)) {
      TokenIds prompt = prompt(3 * BLOCK + 5);
      KvSequence first = cache.open(prompt);
      compute(first, prompt, prompt.size());
      int[] ids = prompt.toArray();
      ids[3 * BLOCK - 1] = 7;
      try (KvSequence second = cache.open(TokenIds.of(ids))) {
        assertThat(second.length()).isEqualTo(2 * BLOCK);
        assertThat(cache.usedTokens()).isEqualTo(4 * BLOCK);
      }
      first.close();
      assertThat(cache.usedTokens()).isZero();
      assertThat(cache.cachedTokens()).isEqualTo(3 * BLOCK);
      cache.checkIntegrity();
    }
  }

  @Test
  void storagesSharePoolAndPlaceInLineButNoBlocks() {
    KvShape halves = new KvShape(1, 1, 64, 64, KvStorage.NATIVE_F16);
    try (PagedKvCache cache = new PagedKvCache(halves, 4L * BLOCK)) {
      TokenIds prompt = prompt(2 * BLOCK + 1);
      KvSequence first = cache.open(prompt);
      compute(first, prompt, prompt.size());
      first.close();
      KvSequence bytes = cache.open(prompt, KvNamespace.EVERYBODY, KvStorage.NATIVE_Q8_0);
      assertThat(bytes.storage()).isEqualTo(KvStorage.NATIVE_Q8_0);
      assertThat(bytes.length()).isZero();
      long most = cache.capacityTokens(KvStorage.NATIVE_Q8_0);
      assertThat(most).isEqualTo(7L * BLOCK);
      assertThat(bytes.tryGrow((int) most + 1)).isFalse();
      assertThat(bytes.tryGrow((int) most)).isTrue();
      IntStream.range(0, (int) most).forEach(bytes::append);
      assertThat(cache.cachedTokens()).isZero();
      assertThat(cache.counters().evictedBlocks()).isEqualTo(2);
      assertThat(cache.allocatedBytes()).isLessThanOrEqualTo(4 * halves.blockBytes());
      cache.checkIntegrity();
    }
  }

  @Test
  void theLastTokenOfAPromptIsNeverShared() {
    try (PagedKvCache cache = cache(20)) {
      TokenIds prompt = prompt(2 * BLOCK);
      KvSequence first = cache.open(prompt);
      compute(first, prompt, prompt.size());
      first.close();
      assertThat(cache.open(prompt).length()).isEqualTo(BLOCK);
      assertThat(cache.open(prompt(2 * BLOCK + 1)).length()).isEqualTo(2 * BLOCK);
      assertThat(cache.counters())
          .isEqualTo(new KvCacheCounters(6 * BLOCK + 1, 3 * BLOCK, 0, 0, 0));
    }
  }

  @Test
  void whatIsNotComputedYetIsNotFound() {
    try (PagedKvCache cache = cache(20)) {
      TokenIds prompt = prompt(3 * BLOCK);
      KvSequence first = cache.open(prompt);
      compute(first, prompt, BLOCK);
      assertThat(first.tryGrow(BLOCK)).isTrue();
      for (int i = BLOCK; i < 2 * BLOCK; i++) {
        first.append(prompt.get(i));
      }
      KvSequence second = cache.open(prompt);
      assertThat(second.length()).isEqualTo(BLOCK);
      first.computed();
      assertThat(second.adopt()).isEqualTo(BLOCK);
      compute(first, prompt, 2 * BLOCK + 3);
      assertThat(second.adopt()).isZero();
    }
  }

  @Test
  void aFailedStepLeavesNothingToOthers() {
    try (PagedKvCache cache = cache(20)) {
      TokenIds prompt = prompt(3 * BLOCK);
      KvSequence first = cache.open(prompt);
      compute(first, prompt, BLOCK);
      assertThat(first.tryGrow(BLOCK)).isTrue();
      for (int i = BLOCK; i < 2 * BLOCK; i++) {
        first.append(prompt.get(i));
      }
      first.discard();
      first.close();
      assertThat(cache.open(prompt).length()).isEqualTo(BLOCK);
      cache.checkIntegrity();
    }
  }

  @Test
  void namespacesShareNothing() {
    try (PagedKvCache cache = cache(20)) {
      TokenIds prompt = prompt(3 * BLOCK);
      KvSequence first = cache.open(prompt, new KvNamespace("a"));
      compute(first, prompt, prompt.size());
      first.close();
      assertThat(cache.open(prompt, new KvNamespace("b")).length()).isZero();
      assertThat(cache.open(prompt).length()).isZero();
      assertThat(cache.open(prompt, new KvNamespace("a")).length()).isEqualTo(2 * BLOCK);
    }
  }

  @Test
  void theLeastRecentlyUsedGivesWayAndItsEndFirst() {
    try (PagedKvCache cache = cache(6)) {
      TokenIds older = prompt(3 * BLOCK);
      TokenIds newer = TokenIds.of(IntStream.range(500, 500 + 3 * BLOCK).toArray());
      for (TokenIds prompt : List.of(older, newer)) {
        KvSequence sequence = cache.open(prompt);
        compute(sequence, prompt, prompt.size());
        sequence.close();
      }
      assertThat(cache.cachedTokens()).isEqualTo(6 * BLOCK);
      try (KvSequence unshared = cache.tryReserve(2 * BLOCK).orElseThrow()) {
        assertThat(cache.cachedTokens()).as("nothing yielded yet").isEqualTo(6 * BLOCK);
        IntStream.range(0, 2 * BLOCK).forEach(unshared::append);
      }
      assertThat(cache.counters().evictedBlocks()).isEqualTo(2);
      assertThat(cache.open(newer).length()).isEqualTo(2 * BLOCK);
      assertThat(cache.open(older).length()).isEqualTo(BLOCK);
      cache.checkIntegrity();
    }
  }

  @Test
  void aPinnedPrefixIsKeptUntilTheCacheIsNeededWhole() {
    try (PagedKvCache cache = cache(8)) {
      TokenIds prompt = prompt(3 * BLOCK);
      KvSequence sequence = cache.open(prompt);
      compute(sequence, prompt, prompt.size());
      sequence.close();
      KvPin pin = cache.pin(prompt, KvNamespace.EVERYBODY);
      assertThat(pin.tokens()).as("a quarter of the cache").isEqualTo(2 * BLOCK);
      KvSequence other = cache.openUnshared();
      assertThat(other.tryGrow(6 * BLOCK)).isTrue();
      IntStream.range(0, 6 * BLOCK).forEach(other::append);
      assertThat(cache.cachedTokens()).isEqualTo(2 * BLOCK);
      assertThat(cache.tryReserve(1)).isEmpty();
      assertThat(pin.tokens()).isEqualTo(2 * BLOCK);
      assertThat(other.tryGrow(2 * BLOCK)).isTrue();
      assertThat(pin.tokens()).isZero();
      cache.checkIntegrity();
    }
  }

  @Test
  void whatIsTakenBackIsWrittenToACopyWhereOthersUseIt() {
    try (PagedKvCache cache = cache(8)) {
      TokenIds prompt = prompt(BLOCK + 1);
      PagedKvSequence first = (PagedKvSequence) cache.open(prompt);
      assertThat(first.tryGrow(BLOCK)).isTrue();
      for (int i = 0; i < BLOCK; i++) {
        first.append(i);
        first.keys(0, 0)[i] = i;
      }
      first.computed();
      PagedKvSequence second = (PagedKvSequence) cache.open(prompt);
      second.truncate(BLOCK - 2);
      assertThatThrownBy(() -> second.append(0)).isInstanceOf(IllegalStateException.class);
      assertThat(second.tryGrow(1)).isTrue();
      second.keys(0, 0)[second.append(99)] = 99;
      assertThat(second.keys(0, 0)[BLOCK - 3]).isEqualTo(BLOCK - 3);
      assertThat(first.keys(0, 0)[BLOCK - 2]).isEqualTo(BLOCK - 2);
      cache.checkIntegrity();
    }
  }

  @Test
  void manySequencesOverOnePromptHoldItOnce() {
    try (PagedKvCache cache = cache(100)) {
      TokenIds prompt = prompt(50 * BLOCK + 1);
      List<KvSequence> sequences = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        sequences.add(cache.open(prompt));
        assertThat(sequences.getLast().tryGrow(0)).isTrue();
      }
      compute(sequences.getFirst(), prompt, prompt.size());
      sequences.stream().skip(1).forEach(s -> assertThat(s.adopt()).isEqualTo(50 * BLOCK));
      assertThat(cache.usedTokens()).isEqualTo(51 * BLOCK);
      sequences.forEach(KvSequence::close);
      cache.checkIntegrity();
    }
  }

  @Test
  void aPromptOfAMillionTokensIsIndexedWithoutRecursion() {
    KvShape small = new KvShape(1, 1, 1, 1, KvStorage.HEAP_F32);
    try (PagedKvCache cache = new PagedKvCache(small, 1 << 20)) {
      TokenIds prompt = prompt((1 << 20) - 1);
      KvSequence sequence = cache.open(prompt);
      compute(sequence, prompt, prompt.size());
      sequence.close();
      assertThat(cache.open(prompt).length()).isEqualTo((1 << 20) - BLOCK);
      cache.checkIntegrity();
    }
  }

  @Test
  void memoryIsAllocatedAsSequencesGrowAndReusedAfterwards() {
    try (PagedKvCache cache = cache(100)) {
      long blockBytes = SHAPE.bytesPerToken() * BLOCK;
      KvSequence first = cache.tryReserve(10 * BLOCK).orElseThrow();
      assertThat(cache.allocatedBytes()).isZero();
      IntStream.rangeClosed(0, BLOCK).forEach(first::append);
      assertThat(cache.allocatedBytes()).isEqualTo(2 * blockBytes);
      first.close();
      KvSequence second = cache.tryReserve(10 * BLOCK).orElseThrow();
      IntStream.range(0, 2 * BLOCK).forEach(second::append);
      assertThat(cache.allocatedBytes()).isEqualTo(2 * blockBytes);
    }
  }

  @Test
  void aSequenceEndsWhereItsRoomEnds() {
    try (PagedKvCache cache = cache(1)) {
      KvSequence sequence = cache.tryReserve(2).orElseThrow();
      sequence.append(1);
      sequence.append(2);
      assertThatThrownBy(() -> sequence.append(3))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("its 2 tokens");
      assertThat(sequence.tryGrow(BLOCK - 1)).isFalse();
      assertThat(sequence.tryGrow(Integer.MAX_VALUE)).isFalse();
      assertThat(sequence.tryGrow(BLOCK - 2)).isTrue();
      assertThat(sequence.append(3)).isEqualTo(2);
    }
  }

  @Test
  void aClosedCacheGivesNothing() {
    PagedKvCache cache = cache(1);
    KvSequence sequence = cache.tryReserve(1).orElseThrow();
    cache.close();
    cache.checkIntegrity();
    assertThat(cache.reservedTokens()).isZero();
    assertThatThrownBy(() -> sequence.append(1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> cache.tryReserve(1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aBlockThatIsUsedAgainShowsNothingOfItsFormerSequence() {
    KvShape shape = new KvShape(1, 2, 4, 5, KvStorage.NATIVE_Q8_0);
    try (PagedKvCache cache = new PagedKvCache(shape, 32)) {
      PagedKvSequence first = (PagedKvSequence) cache.tryReserve(32).orElseThrow();
      first.append(1);
      first.memory(0).fill((byte) 0x7f);
      first.close();
      PagedKvSequence second = (PagedKvSequence) cache.tryReserve(32).orElseThrow();
      second.append(1);
      assertThat(second.memory(0).toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
    }
  }

  @Test
  void aTokenTakesWhatItsNumbersTake() {
    assertThat(bytesPerToken(KvStorage.HEAP_F32)).isEqualTo(3 * 2 * (64 + 96) * 4);
    assertThat(bytesPerToken(KvStorage.NATIVE_F32)).isEqualTo(3 * 2 * (64 + 96) * 4);
    assertThat(bytesPerToken(KvStorage.NATIVE_F16)).isEqualTo(3 * 2 * (64 + 96) * 2);
    assertThat(bytesPerToken(KvStorage.NATIVE_Q8_0)).isEqualTo(3 * 2 * (64 + 96) * 36 / 32);
    assertThat(bytesPerToken(KvStorage.NATIVE_Q8_0_Q4_0))
        .isEqualTo(3 * 2 * (64 * 36 + 96 * 18) / 32);
    assertThat(bytesPerToken(KvStorage.NATIVE_Q4_0)).isEqualTo(3 * 2 * (64 + 96) * 18 / 32);
  }

  private static long bytesPerToken(KvStorage storage) {
    return new KvShape(3, 2, 64, 96, storage).bytesPerToken();
  }
}
