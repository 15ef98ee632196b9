package dev.flyball.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.units.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Holds states and their snapshots to a state that is a function of all ids before. */
class RecurrentStateTest {
  private static final int BLOCK = PagedKvCache.BLOCK_TOKENS;
  private static final long SEED = 20_261_121;

  /** A snapshot is as large as the keys and values of two blocks. */
  private static final KvShape SHAPE =
      new KvShape(1, 1, 1, 1, KvStorage.HEAP_F32).withState(4 * BLOCK);

  private static final int INTERVAL = 2 * BLOCK;

  private static PagedKvCache cache(int blocks) {
    return new PagedKvCache(SHAPE, (long) blocks * BLOCK);
  }

  private static TokenIds ids(int count, int from, int change) {
    return TokenIds.of(
        IntStream.range(0, count).map(i -> i < from ? i : (i * change) % 1000).toArray());
  }

  /** What a model would compute: brings the state forward to {@code end} tokens. */
  private static void compute(PagedKvSequence sequence, TokenIds ids, int end) {
    assertThat(sequence.tryGrow(end - sequence.length())).isTrue();
    int from = sequence.length();
    while (sequence.length() < end) {
      sequence.append(ids.get(sequence.length()));
    }
    float[] state = sequence.state();
    for (int position = from; position < end; position++) {
      forward(state, ids.get(position));
      if ((position + 1) % BLOCK == 0) {
        sequence.keepState(position + 1, 0, 3);
        sequence.keepState(position + 1, 3, state.length - 3);
      }
    }
    sequence.computed();
  }

  private static void forward(float[] state, int id) {
    for (int i = 0; i < state.length; i++) {
      state[i] = (state[i] * 31 + id + i) % 8191;
    }
  }

  private static void assertStateIsOf(PagedKvSequence sequence, TokenIds ids) {
    float[] expected = new float[SHAPE.stateFloats()];
    for (int i = 0; i < sequence.length(); i++) {
      forward(expected, ids.get(i));
    }
    assertThat(sequence.state()).isEqualTo(expected);
  }

  private static PagedKvSequence open(PagedKvCache cache, TokenIds ids) {
    return (PagedKvSequence) cache.open(ids);
  }

  @Test
  void aPrefixIsSharedUpToItsLastSnapshot() {
    try (PagedKvCache cache = cache(40)) {
      TokenIds first = ids(5 * BLOCK + 9, 5 * BLOCK + 9, 1);
      try (PagedKvSequence sequence = open(cache, first)) {
        compute(sequence, first, first.size());
      }
      TokenIds other = ids(6 * BLOCK, 3 * BLOCK + 3, 7);
      try (PagedKvSequence sequence = open(cache, other)) {
        assertThat(sequence.length()).isEqualTo(INTERVAL);
        compute(sequence, other, other.size());
        assertStateIsOf(sequence, other);
      }
      try (PagedKvSequence same = open(cache, first)) {
        assertThat(same.length()).as("the end of the prompt").isEqualTo(5 * BLOCK);
        compute(same, first, first.size());
        assertStateIsOf(same, first);
      }
      cache.checkIntegrity();
    }
  }

  @Test
  void theThirdPromptFindsASnapshotWhereTheSecondParted() {
    try (PagedKvCache cache = cache(40)) {
      for (int i = 0; i < 3; i++) {
        TokenIds ids = ids(6 * BLOCK, 3 * BLOCK + 3, 7 + 2 * i);
        try (PagedKvSequence sequence = open(cache, ids)) {
          assertThat(sequence.length()).isEqualTo(List.of(0, INTERVAL, 3 * BLOCK).get(i));
          compute(sequence, ids, ids.size());
        }
      }
      cache.checkIntegrity();
    }
  }

  @Test
  void aConversationGoesOnFromTheEndOfTheAnswer() {
    try (PagedKvCache cache = cache(40)) {
      TokenIds all = ids(7 * BLOCK, 0, 3);
      try (PagedKvSequence sequence = open(cache, ids(40, 0, 3))) {
        for (int end = 40; end <= 5 * BLOCK + 7; end++) {
          compute(sequence, all, end);
        }
      }
      try (PagedKvSequence next = open(cache, all)) {
        assertThat(next.length()).isEqualTo(5 * BLOCK);
        compute(next, all, all.size());
        assertStateIsOf(next, all);
      }
      cache.checkIntegrity();
    }
  }

  @Test
  void aSequenceIsCutBackToASnapshotOnly() {
    try (PagedKvCache cache = cache(40);
        PagedKvSequence sequence = open(cache, ids(200, 0, 3))) {
      TokenIds ids = ids(200, 0, 3);
      compute(sequence, ids, 150);
      assertThat(cache.canTakeBack()).isFalse();
      assertThat(sequence.canTruncateTo(149)).isFalse();
      assertThat(sequence.canTruncateTo(BLOCK)).isFalse();
      assertThatThrownBy(() -> sequence.truncate(149)).hasMessageContaining("149 tokens");
      for (int length : List.of(150, 2 * INTERVAL, INTERVAL, 0)) {
        assertThat(sequence.canTruncateTo(length)).isTrue();
        sequence.truncate(length);
        assertStateIsOf(sequence, ids);
        cache.checkIntegrity();
      }
      compute(sequence, ids, 90);
      assertStateIsOf(sequence, ids);
    }
  }

  @Test
  void noMoreSequencesAreBegunThanThereMayBeStates() {
    try (PagedKvCache cache = new PagedKvCache(SHAPE, 100 * BLOCK, 2)) {
      TokenIds ids = ids(50, 0, 3);
      PagedKvSequence first = open(cache, ids);
      PagedKvSequence second = open(cache, ids);
      PagedKvSequence third = open(cache, ids);
      compute(first, ids, 50);
      assertThat(second.tryGrow(1)).isTrue();
      assertThat(third.tryGrow(1)).isFalse();
      assertThat(cache.reservedTokens()).isEqualTo(BLOCK);
      first.close();
      assertThat(third.adopt()).isEqualTo(BLOCK);
      compute(third, ids, 50);
      assertStateIsOf(third, ids);
      cache.checkIntegrity();
    }
  }

  @Test
  void noStepThatFailedLeavesASnapshot() {
    try (PagedKvCache cache = cache(40)) {
      TokenIds ids = ids(100, 0, 3);
      PagedKvSequence failed = open(cache, ids);
      assertThat(failed.tryGrow(100)).isTrue();
      for (int i = 0; i < 100; i++) {
        failed.append(ids.get(i));
      }
      failed.discard();
      assertThat(open(cache, ids).length()).isZero();
      cache.checkIntegrity();
    }
  }

  @Test
  void randomUseNeverGivesAWrongState() {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    try (PagedKvCache cache = new PagedKvCache(SHAPE, 30 * BLOCK, 5)) {
      List<PagedKvSequence> open = new ArrayList<>();
      List<TokenIds> texts = new ArrayList<>();
      for (int i = 0; i < 4000; i++) {
        if (open.size() < 6 && random.nextInt(4) == 0) {
          TokenIds text = ids(600, random.nextInt(300), 3 + random.nextInt(3));
          int prompt = 1 + random.nextInt(250);
          open.add(open(cache, TokenIds.of(IntStream.range(0, prompt).map(text::get).toArray())));
          texts.add(text);
        } else if (!open.isEmpty()) {
          int index = random.nextInt(open.size());
          if (!use(open.get(index), texts.get(index), random)) {
            open.remove(index);
            texts.remove(index);
          }
        }
        cache.checkIntegrity();
      }
      open.forEach(PagedKvSequence::close);
      cache.checkIntegrity();
      assertThat(cache.counters().hitTokens()).isPositive();
      assertThat(cache.counters().evictedBlocks()).isPositive();
    }
  }

  /** False where the sequence ended. */
  private static boolean use(PagedKvSequence sequence, TokenIds text, Random random) {
    sequence.adopt();
    switch (random.nextInt(12)) {
      case 0 -> {
        sequence.close();
        return false;
      }
      case 1 -> {
        sequence.discard();
        return false;
      }
      case 2 -> {
        int length = random.nextInt(sequence.length() / BLOCK + 1) * BLOCK;
        if (sequence.canTruncateTo(length)) {
          sequence.truncate(length);
        }
      }
      default -> {
        int tokens = 1 + random.nextInt(80);
        int end = sequence.length() + tokens;
        if (end < text.size() && sequence.tryGrow(tokens)) {
          compute(sequence, text, end);
          assertStateIsOf(sequence, text);
        }
      }
    }
    return true;
  }
}
