package dev.flyball.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.units.TokenIds;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random use of a tiny cache over a tiny file, through restarts and damage. Computing writes a hash
 * of all tokens so far to a token's place; whatever the cache says is there must be that.
 */
class CacheFileFuzzTest {
  private static final int BLOCK = PagedKvCache.BLOCK_TOKENS;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

  @TempDir private Path folder;
  private Random random = new Random(0);

  @Test
  void whatComesBackFromTheFileIsWhatWasComputed() throws IOException {
    long seed = System.nanoTime();
    System.out.println("CacheFileFuzzTest seed " + seed);
    random = new Random(seed);
    long read = 0;
    for (int run = 0; run < 60; run++) {
      KvStorage storage = random.nextInt(3) == 0 ? KvStorage.NATIVE_F32 : KvStorage.HEAP_F32;
      KvShape shape = new KvShape(1, 1, 4, 4, storage);
      int slotBytes = (int) shape.bytesPerToken() * BLOCK + SlotHeader.BYTES;
      long limit = (1 << 20) + random.nextInt(4) * (long) slotBytes;
      try (PagedKvCache cache = new PagedKvCache(shape, (1L + random.nextInt(12)) * BLOCK)) {
        cache.keepIn(new CacheDirectory(folder, limit), "model");
        use(cache);
        read += cache.counters().readBlocks();
      }
      if (random.nextInt(4) == 0) {
        damage();
      }
    }
    assertThat(read).isPositive();
  }

  private void use(PagedKvCache cache) {
    List<PagedKvSequence> open = new ArrayList<>();
    for (int step = 0; step < 150; step++) {
      int action = random.nextInt(6);
      if (action == 0 && open.size() < 3) {
        open.add((PagedKvSequence) cache.open(prompt()));
      } else if (!open.isEmpty()) {
        PagedKvSequence sequence = open.get(random.nextInt(open.size()));
        switch (action) {
          case 1 -> {
            sequence.close();
            open.remove(sequence);
          }
          case 2 -> sequence.truncate(random.nextInt(sequence.length() + 1));
          case 3 -> sequence.adopt();
          default -> compute(sequence);
        }
      }
      cache.checkIntegrity();
      open.forEach(CacheFileFuzzTest::checkContent);
    }
  }

  private void compute(PagedKvSequence sequence) {
    int tokens = 1 + random.nextInt(2 * BLOCK);
    if (sequence.tryGrow(tokens)) {
      for (int i = 0; i < tokens; i++) {
        int position = sequence.append(token(sequence.length()));
        write(sequence, position, hash(position));
      }
      sequence.computed();
    }
  }

  /** All prompts are beginnings of one text. */
  private TokenIds prompt() {
    int[] ids = new int[1 + random.nextInt(8 * BLOCK)];
    Arrays.setAll(ids, CacheFileFuzzTest::token);
    return TokenIds.of(ids);
  }

  private static int token(int position) {
    return position * 7919 % 1000;
  }

  private static float hash(int position) {
    return position + 0.5f;
  }

  private static void write(PagedKvSequence sequence, int position, float value) {
    if (sequence.cache().shape().storage().isNative()) {
      sequence.memory(position / BLOCK).setAtIndex(FLOAT, position % BLOCK, value);
    } else {
      sequence.values(0, position / BLOCK)[position % BLOCK] = value;
    }
  }

  private static void checkContent(PagedKvSequence sequence) {
    boolean isNative = sequence.cache().shape().storage().isNative();
    for (int i = 0; i < sequence.length(); i++) {
      float found =
          isNative
              ? sequence.memory(i / BLOCK).getAtIndex(FLOAT, i % BLOCK)
              : sequence.values(0, i / BLOCK)[i % BLOCK];
      if (found != hash(i)) {
        throw new AssertionError("foreign content at position " + i + ": " + found);
      }
    }
  }

  private void damage() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        byte[] bytes = Files.readAllBytes(file);
        for (int i = random.nextInt(200); i >= 0; i--) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        Files.write(file, bytes);
      }
    }
  }
}
