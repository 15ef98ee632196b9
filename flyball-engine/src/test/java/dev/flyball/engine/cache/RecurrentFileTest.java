package dev.flyball.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.units.TokenIds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the file gives back of models with states: the state that the ids before it make. */
class RecurrentFileTest {
  private static final int BLOCK = PagedKvCache.BLOCK_TOKENS;
  private static final long SEED = 20_261_121;

  /** A snapshot is as large as the keys and values of two blocks. */
  private static final KvShape SMALL =
      new KvShape(1, 1, 1, 1, KvStorage.HEAP_F32).withState(4 * BLOCK);

  private static final int INTERVAL = 2 * BLOCK;

  @TempDir private Path folder;

  private PagedKvCache cache(KvShape shape, int blocks) {
    PagedKvCache cache = new PagedKvCache(shape, (long) blocks * BLOCK, 5);
    cache.keepIn(new CacheDirectory(folder, 1L << 30), "model");
    return cache;
  }

  private static TokenIds ids(int count, int change) {
    return TokenIds.of(IntStream.range(0, count).map(i -> (i * change) % 1000).toArray());
  }

  private static TokenIds first(TokenIds ids, int count) {
    return TokenIds.of(Arrays.copyOf(ids.toArray(), count));
  }

  private static PagedKvSequence open(PagedKvCache cache, TokenIds prompt) {
    return (PagedKvSequence) cache.open(prompt);
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
        sequence.keepState(position + 1, 0, state.length);
      }
    }
    sequence.computed();
  }

  private static void forward(float[] state, int id) {
    for (int i = 0; i < 8; i++) {
      state[i] = (state[i] * 31 + id + i) % 8191;
    }
  }

  private static void assertStateIsOf(PagedKvSequence sequence, TokenIds ids) {
    float[] expected = new float[sequence.state().length];
    for (int i = 0; i < sequence.length(); i++) {
      forward(expected, ids.get(i));
    }
    assertThat(sequence.state()).isEqualTo(expected);
  }

  @Test
  void aConversationGoesOnAfterARestart() {
    TokenIds text = ids(7 * BLOCK, 3);
    try (PagedKvCache cache = cache(SMALL, 40)) {
      PagedKvSequence sequence = open(cache, ids(40, 3));
      compute(sequence, text, 40);
      compute(sequence, text, 5 * BLOCK + 7);
      sequence.close();
    }
    try (PagedKvCache cache = cache(SMALL, 40)) {
      PagedKvSequence sequence = open(cache, text);
      assertThat(sequence.length()).as("the last block of the answer").isEqualTo(5 * BLOCK);
      assertThat(cache.counters().readBlocks()).isEqualTo(5);
      compute(sequence, text, text.size());
      assertStateIsOf(sequence, text);
      cache.checkIntegrity();
    }
  }

  @Test
  void blocksWithoutAStateBehindThemAreNotRead() {
    TokenIds text = ids(4 * BLOCK, 3);
    try (PagedKvCache cache = cache(SMALL, 40)) {
      compute(open(cache, text), text, text.size());
    }
    TokenIds longer = ids(20 * BLOCK, 3);
    try (PagedKvCache cache = cache(SMALL, 40)) {
      PagedKvSequence sequence = open(cache, first(text, INTERVAL + 1));
      assertThat(sequence.length()).isEqualTo(INTERVAL);
      assertThat(cache.counters().readBlocks()).isEqualTo(2);
      assertThat(open(cache, longer).length()).isEqualTo(4 * BLOCK);
      assertThat(cache.counters().readBlocks()).isEqualTo(4);
      cache.checkIntegrity();
    }
  }

  @Test
  void aStateThatMemoryHadNoRoomForIsReadBack() {
    List<TokenIds> texts = IntStream.range(0, 12).mapToObj(i -> ids(3 * BLOCK, 3 + i)).toList();
    try (PagedKvCache cache = cache(SMALL, 60)) {
      for (TokenIds text : texts) {
        try (PagedKvSequence sequence = open(cache, text)) {
          compute(sequence, text, text.size());
        }
      }
      assertThat(cache.counters().evictedBlocks()).as("blocks are in memory").isZero();
      try (PagedKvSequence sequence = open(cache, texts.getFirst())) {
        assertThat(sequence.length()).isEqualTo(INTERVAL);
        assertThat(cache.counters().readBlocks()).isZero();
        compute(sequence, texts.getFirst(), 3 * BLOCK);
        assertStateIsOf(sequence, texts.getFirst());
      }
      cache.checkIntegrity();
    }
  }

  /** A state of 12 MiB, and blocks of 8 bytes a token. */
  @Test
  void oneStateIsReadBetweenTwoStepsWhereOthersWait() {
    KvShape large = new KvShape(1, 1, 1, 1, KvStorage.HEAP_F32).withState(3 << 20);
    TokenIds text = ids(70 * BLOCK, 3);
    try (PagedKvCache cache = cache(large, 200)) {
      compute(open(cache, text), text, text.size());
    }
    try (PagedKvCache cache = cache(large, 200)) {
      KvSequence other = cache.openUnshared();
      PagedKvSequence first = open(cache, text);
      PagedKvSequence second = open(cache, ids(40 * BLOCK, 3));
      assertThat(first.length()).isEqualTo(69 * BLOCK);
      assertThat(first.awaitsFile()).isFalse();
      assertThat(second.length()).isZero();
      assertThat(second.awaitsFile()).isTrue();
      other.computed();
      assertThat(second.adopt()).isEqualTo(32 * BLOCK);
      assertThat(second.awaitsFile()).isFalse();
      compute(second, text, 40 * BLOCK);
      assertStateIsOf(second, text);
      cache.checkIntegrity();
    }
  }

  @Test
  void aDamagedStateIsComputedAnew() throws IOException {
    TokenIds text = ids(4 * BLOCK, 3);
    try (PagedKvCache cache = cache(SMALL, 40)) {
      compute(open(cache, text), text, text.size());
    }
    damageStates();
    try (PagedKvCache cache = cache(SMALL, 40)) {
      PagedKvSequence sequence = open(cache, text);
      assertThat(sequence.awaitsFile()).isFalse();
      assertThat(sequence.length()).isZero();
      cache.checkIntegrity();
      compute(sequence, text, text.size());
      assertStateIsOf(sequence, text);
    }
  }

  private void damageStates() throws IOException {
    try (var files = Files.newDirectoryStream(folder, "*-states.kv")) {
      for (Path file : files) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          long slot = SlotHeader.BYTES + SMALL.stateBytes();
          for (long at = BlockFileHeader.BYTES + slot - 9; at < channel.size(); at += slot) {
            channel.write(ByteBuffer.wrap(new byte[] {77}), at);
          }
        }
      }
    }
  }

  @Test
  void randomUseOverRestartsNeverGivesAWrongState() {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    long read = 0;
    for (int start = 0; start < 20; start++) {
      try (PagedKvCache cache = cache(SMALL, 30)) {
        use(cache, random);
        read += cache.counters().readBlocks();
      }
    }
    assertThat(read).isPositive();
  }

  private static void use(PagedKvCache cache, Random random) {
    List<PagedKvSequence> open = new ArrayList<>();
    List<TokenIds> texts = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      if (open.size() < 4) {
        TokenIds text = ids(600, 3 + random.nextInt(4));
        open.add(open(cache, first(text, 1 + random.nextInt(300))));
        texts.add(text);
      }
      int index = random.nextInt(open.size());
      PagedKvSequence sequence = open.get(index);
      sequence.adopt();
      int end = sequence.length() + 1 + random.nextInt(80);
      if (random.nextInt(8) == 0 || end > 600) {
        sequence.close();
        open.remove(index);
        texts.remove(index);
      } else if (sequence.tryGrow(end - sequence.length())) {
        compute(sequence, texts.get(index), end);
        assertStateIsOf(sequence, texts.get(index));
      }
      cache.checkIntegrity();
    }
  }
}
